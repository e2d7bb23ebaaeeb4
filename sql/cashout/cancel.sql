-- The owner takes back a cash-out that nobody has begun to send, or has told paid.
CREATE FUNCTION cashout_cancel(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_cashout_id bigint
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'cashout/cancel', p_at);
    cashout cashouts;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    SELECT * INTO cashout FROM cashouts WHERE id = p_cashout_id AND user_id = p_user_id FOR NO KEY UPDATE;
    IF cashout.id IS NULL THEN RETURN requests_refuse(p_request_key, 'unknown_cashout', '{}'); END IF;
    IF cashout.state NOT IN ('awaiting_approval', 'requested') OR cashout_told_paid(cashout) THEN
        RETURN requests_refuse(p_request_key, 'wrong_state', jsonb_build_object('state', cashout.state));
    END IF;
    cashout := cashout_end(p_request_key, cashout, 'cancelled', p_at);
    RETURN cashout_finish(p_request_key, cashout, 0, p_at);
END
$$;
