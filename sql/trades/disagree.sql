-- A proposal to end the trade together ends: the other side declines it, or its maker withdraws it. The trade goes on.
CREATE FUNCTION trades_disagree(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_trade_id bigint
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'trades/disagree', p_at);
    trade   trades;
    reason  text;
    kind    text;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    SELECT * INTO trade FROM trades WHERE id = p_trade_id FOR NO KEY UPDATE;
    kind := CASE WHEN trade.proposed_by = p_user_id THEN 'trade_withdrawn' ELSE 'trade_disagreed' END;
    reason := trades_why_not(trade, p_user_id, CASE kind WHEN 'trade_withdrawn' THEN 'withdraw' ELSE 'disagree' END, p_at);
    IF reason IS NOT NULL THEN RETURN trades_refuse(p_request_key, trade, reason); END IF;
    UPDATE trades SET proposed_by = NULL WHERE id = trade.id RETURNING * INTO trade;
    RETURN trades_finish(p_request_key, trade, p_user_id,
        trades_tell(trade, trades_other(trade, p_user_id), kind, p_at, trade.version::text));
END
$$;
