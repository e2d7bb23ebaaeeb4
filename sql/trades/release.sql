-- The buyer lets the money go, whether or not the seller has marked the delivery.
CREATE FUNCTION trades_release(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_trade_id bigint
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'trades/release', p_at);
    trade   trades;
    reason  text;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    SELECT * INTO trade FROM trades WHERE id = p_trade_id FOR NO KEY UPDATE;
    reason := trades_why_not(trade, p_user_id, 'release', p_at);
    IF reason IS NOT NULL THEN RETURN trades_refuse(p_request_key, trade, reason); END IF;
    trade := trades_end(p_request_key, trade, 'released', p_at);
    RETURN trades_finish(p_request_key, trade, p_user_id, trades_tell(trade, 'seller', 'trade_released', p_at));
END
$$;
