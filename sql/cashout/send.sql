-- Takes a cash-out to be sent by a provider: committed before the provider is called, so that a crash leaves a trace.
-- Refused when it is not to be sent (any more): whoever asked must not call. What was told paid is set aside where it is found here,
-- and so is what is asked for by whoever has been blocked since: it goes on when they are let in again. Locks the person, as whoever blocks
-- them or lets them in does, then the cash-out.
CREATE FUNCTION cashout_send(
    p_request_key text, p_request_hash text, p_at timestamptz, p_cashout_id bigint, p_provider text
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'cashout/send', p_at);
    cashout cashouts;
    refusal text;
    aside   cashouts;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    PERFORM FROM users WHERE id = (SELECT user_id FROM cashouts WHERE id = p_cashout_id) FOR SHARE;
    SELECT * INTO cashout FROM cashouts WHERE id = p_cashout_id FOR NO KEY UPDATE;
    -- What waits without a time is being paid by hand.
    IF cashout.id IS NULL OR cashout.state NOT IN ('requested', 'waiting') OR cashout.state = 'waiting' AND cashout.ask_at IS NULL THEN
        RETURN requests_refuse(p_request_key, 'wrong_state', jsonb_build_object('state', cashout.state));
    END IF;
    refusal := CASE WHEN cashout_told_paid(cashout) THEN 'told_paid' WHEN cashout_blocked(cashout) THEN 'blocked' END;
    IF refusal IS NOT NULL THEN
        aside := cashout_set_aside(cashout, refusal);
        IF refusal = 'blocked' THEN
            PERFORM cashout_tell_staff(aside, 'payout_waiting',
                format('payout_waiting.%s.%s', aside.id, extract(epoch FROM aside.decided_at)), p_at);
        END IF;
        RETURN requests_finish(p_request_key, jsonb_build_object(
            'refused', refusal, 'details', '{}'::jsonb, 'changed', cashout_changed(aside, p_at),
            'told', CASE WHEN aside.state <> cashout.state THEN cashout_tell(aside, p_request_key, p_at) ELSE 0 END));
    END IF;
    UPDATE cashouts SET state = 'sending', provider = p_provider, sending_at = p_at, tries = tries + 1, problem = NULL,
        ask_at = p_at + interval '2 minutes'
    WHERE id = cashout.id RETURNING * INTO cashout;
    RETURN cashout_finish(p_request_key, cashout, cashout_tell(cashout, p_request_key, p_at), p_at);
END
$$;
