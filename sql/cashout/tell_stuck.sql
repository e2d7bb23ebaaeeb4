-- Tells the staff that a cash-out is under way for too long; answers how it stands. It moves nothing.
CREATE FUNCTION cashout_tell_stuck(p_request_key text, p_request_hash text, p_at timestamptz, p_cashout_id bigint)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'cashout/tell_stuck', p_at);
    cashout cashouts;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    SELECT * INTO cashout FROM cashouts WHERE id = p_cashout_id;
    IF cashout.id IS NULL OR cashout.ended_at IS NOT NULL THEN RETURN requests_refuse(p_request_key, 'wrong_state'); END IF;
    PERFORM cashout_tell_staff(cashout, 'payout_stuck', p_request_key, p_at);
    RETURN requests_finish(p_request_key, jsonb_build_object('answer', cashout.state, 'changed', '[]'::jsonb, 'told', 1));
END
$$;
