-- internal: ends an unapplied payment in somebody's wallet; answers what became of it
-- The caller has locked the payment and checked that it may end so.
CREATE FUNCTION admin_credit(
    p_request_key text, p_waits unapplied, p_event provider_events, p_receiver bigint, p_user_id bigint, p_note text, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    moved bigint := ledger_transfer(p_request_key, 'deposit', NULL, p_event.txid, ARRAY[
        ('clearing:' || p_event.provider, NULL, p_event.currency, -p_waits.amount),
        ('available', p_receiver, p_event.currency, p_waits.amount)]::ledger_line[], p_at);
BEGIN
    RETURN admin_end_unapplied(p_waits, p_event, 'credited', moved, p_receiver, p_waits.amount, NULL, p_user_id, p_note, p_at);
END
$$;
