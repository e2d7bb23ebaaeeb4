-- One side proposes to end a paid trade together: the buyer would get everything back. The other is asked.
CREATE FUNCTION trades_propose(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_trade_id bigint
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'trades/propose', p_at);
    trade   trades;
    reason  text;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    SELECT * INTO trade FROM trades WHERE id = p_trade_id FOR NO KEY UPDATE;
    reason := trades_why_not(trade, p_user_id, 'propose', p_at);
    IF reason IS NOT NULL THEN RETURN trades_refuse(p_request_key, trade, reason); END IF;
    UPDATE trades SET proposed_by = p_user_id WHERE id = trade.id RETURNING * INTO trade;
    RETURN trades_finish(p_request_key, trade, p_user_id,
        trades_tell(trade, trades_other(trade, p_user_id), 'trade_proposed', p_at, trade.version::text));
END
$$;
