-- The staff credits an unapplied payment to somebody's wallet, never to their own, nor alone what needs
-- two (admin/propose). Locks the payment, then the account.
CREATE FUNCTION admin_credit_unapplied(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_unapplied_id bigint, p_amount numeric,
    p_receiver bigint, p_note text
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'admin/credit_unapplied', p_at);
    waits   unapplied;
    event   provider_events;
    reason  text;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    SELECT * INTO waits FROM unapplied WHERE id = p_unapplied_id FOR NO KEY UPDATE;
    SELECT * INTO event FROM provider_events WHERE id = waits.event_id;
    reason := admin_why_not(p_user_id, waits, event, 'credited', p_amount, p_note);
    reason := coalesce(reason, CASE
        WHEN NOT EXISTS (SELECT FROM users WHERE id = p_receiver) THEN 'unknown_person'
        WHEN p_receiver = p_user_id THEN 'own_wallet'
        WHEN admin_needs_second(waits, event, p_receiver, p_at) THEN 'second_needed' END);
    IF reason IS NOT NULL THEN RETURN requests_refuse(p_request_key, reason); END IF;
    RETURN requests_finish(p_request_key, jsonb_build_object(
        'answer', admin_credit(p_request_key, waits, event, p_receiver, p_user_id, p_note, p_at),
        'changed', admin_changed() || deposits_changed(p_receiver), 'told', 1));
END
$$;
