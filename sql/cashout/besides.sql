-- internal: somebody of the staff tells that they have paid by hand a cash-out that went on without them: it has ended, is with its
-- provider again, or another one has claimed it. What they paid has left, so it is kept as told: the audit and corrections see it. It
-- moves nothing; unless it is the payment that is known already, it is put before the staff. The caller has locked the cash-out.
CREATE FUNCTION cashout_besides(
    p_request_key text, p_cashout cashouts, p_user_id bigint, p_txid text, p_note text, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    told payout_events;
BEGIN
    INSERT INTO payout_events (provider, reference, cashout_id, outcome, txid, body, headers, at)
    VALUES ('manual', p_cashout.reference, p_cashout.id, 'done', p_txid, convert_to(p_note, 'UTF8'), '', p_at) RETURNING * INTO told;
    PERFORM admin_record(p_user_id, 'paid_cashout', 'cashout ' || p_cashout.id, coalesce(nullif(p_note, ''), p_txid),
        to_jsonb(p_cashout.state), to_jsonb(p_cashout.state), p_at);
    IF p_cashout.ended_at IS NOT NULL AND NOT cashout_strange(p_cashout, told) THEN
        RETURN cashout_finish(p_request_key, p_cashout, 0, p_at);
    END IF;
    PERFORM cashout_alarm(p_request_key, p_cashout, told);
    RETURN requests_finish(p_request_key, jsonb_build_object(
        'refused', 'paid_besides', 'details', jsonb_build_object('state', p_cashout.state),
        'changed', cashout_changed(p_cashout, p_at), 'told', 1));
END
$$;
