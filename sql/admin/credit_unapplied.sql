-- The staff credits an unapplied payment to somebody's wallet, never to their own. Locks the payment, then the account.
CREATE FUNCTION admin_credit_unapplied(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_unapplied_id bigint, p_amount numeric,
    p_receiver bigint, p_note text
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'admin/credit_unapplied', p_at);
    waits   unapplied;
    event   provider_events;
    reason  text;
    moved   bigint;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    SELECT * INTO waits FROM unapplied WHERE id = p_unapplied_id FOR NO KEY UPDATE;
    SELECT * INTO event FROM provider_events WHERE id = waits.event_id;
    reason := admin_why_not(p_user_id, waits, event, 'credited', p_amount, p_note);
    reason := coalesce(reason, CASE
        WHEN NOT EXISTS (SELECT FROM users WHERE id = p_receiver) THEN 'unknown_person'
        WHEN p_receiver = p_user_id THEN 'own_wallet' END);
    IF reason IS NOT NULL THEN RETURN requests_refuse(p_request_key, reason); END IF;
    moved := ledger_transfer(p_request_key, 'deposit', NULL, event.txid, ARRAY[
        ('clearing:' || event.provider, NULL, event.currency, -waits.amount),
        ('available', p_receiver, event.currency, waits.amount)]::ledger_line[], p_at);
    RETURN admin_end_unapplied(p_request_key, waits, event, 'credited', moved, p_receiver, waits.amount, NULL, p_user_id, p_note,
        deposits_changed(p_receiver), p_at);
END
$$;
