-- The staff has sent an unapplied payment back, outside of LockBay: it leaves the books, if they can hold it at all.
-- Locks the payment. p_note says how it was sent; the payer is told.
CREATE FUNCTION admin_refund_unapplied(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_unapplied_id bigint, p_amount numeric,
    p_note text
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'admin/refund_unapplied', p_at);
    waits   unapplied;
    event   provider_events;
    reason  text;
    moved   bigint;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    SELECT * INTO waits FROM unapplied WHERE id = p_unapplied_id FOR NO KEY UPDATE;
    SELECT * INTO event FROM provider_events WHERE id = waits.event_id;
    reason := admin_why_not(p_user_id, waits, event, 'refunded', p_amount, p_note);
    IF reason IS NOT NULL THEN RETURN requests_refuse(p_request_key, reason); END IF;
    IF admin_bookable(waits.amount, event.currency) THEN
        moved := ledger_transfer(p_request_key, 'return', NULL, p_note, ARRAY[
            ('clearing:' || event.provider, NULL, event.currency, -waits.amount),
            ('payouts', NULL, event.currency, waits.amount)]::ledger_line[], p_at);
    END IF;
    RETURN requests_finish(p_request_key, jsonb_build_object(
        'answer', admin_end_unapplied(waits, event, 'refunded', moved, NULL, 0, NULL, p_user_id, p_note, p_at),
        'changed', admin_changed(), 'told', 1));
END
$$;
