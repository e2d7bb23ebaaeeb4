-- The clock: tells whose turn it is how long they still have, and when to tell them next. Late, only the newest is told.
-- p_due_at is the reminder: another one is another request. Past the deadline nobody is told. A deadline that has moved is
-- another one, and is told of as the first was.
CREATE FUNCTION trades_remind(
    p_request_key text, p_request_hash text, p_at timestamptz, p_trade_id bigint, p_due_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb;
    trade   trades;
    until   timestamptz;
    newest  interval;
    told    int := 0;
BEGIN
    IF p_at < p_due_at THEN
        RETURN '{"refused": "too_early", "details": {}, "changed": [], "told": 0}';
    END IF;
    outcome := requests_claim(p_request_key, p_request_hash, 'trades/remind', p_at);
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    SELECT * INTO trade FROM trades WHERE id = p_trade_id FOR NO KEY UPDATE;
    IF trade.id IS NULL THEN RETURN trades_refuse(p_request_key, trade, 'unknown_trade'); END IF;
    IF trade.remind_at IS DISTINCT FROM p_due_at THEN RETURN trades_refuse(p_request_key, trade, 'wrong_state'); END IF;
    until := trades_deadline(trade);
    SELECT min(ahead) INTO newest FROM reminders() ahead WHERE until - ahead <= p_at;
    IF p_at < until THEN
        told := trades_tell(trade, trades_turn(trade.state), 'trade_reminder', p_at,
            format('%s.%s.%s', trade.state, extract(epoch FROM newest)::int / 60, extract(epoch FROM until)),
            jsonb_build_object('deadline', until, 'told_at', p_at));
    END IF;
    UPDATE trades SET reminded = CASE WHEN p_at < until THEN newest ELSE '0' END WHERE id = trade.id;
    RETURN requests_finish(p_request_key, jsonb_build_object('answer', told, 'changed', '[]'::jsonb, 'told', told));
END
$$;
