-- The clock: delivered, and the buyer said nothing.
-- Too early is answered before the key is claimed: a clock that was wrong once must not silence the timer for ever.
CREATE FUNCTION trades_release_delivered(p_request_key text, p_request_hash text, p_at timestamptz, p_trade_id bigint)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb;
    trade   trades;
BEGIN
    IF p_at < (SELECT due_at FROM trades WHERE id = p_trade_id AND state = 'delivered') THEN
        RETURN '{"refused": "too_early", "details": {}, "changed": [], "told": 0}';
    END IF;
    outcome := requests_claim(p_request_key, p_request_hash, 'trades/release_delivered', p_at);
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    SELECT * INTO trade FROM trades WHERE id = p_trade_id FOR NO KEY UPDATE;
    IF trade.id IS NULL THEN RETURN trades_refuse(p_request_key, trade, 'unknown_trade'); END IF;
    IF trade.state <> 'delivered' THEN RETURN trades_refuse(p_request_key, trade, 'wrong_state'); END IF;
    trade := trades_end(p_request_key, trade, 'released', p_at);
    RETURN trades_finish(p_request_key, trade, NULL,
        trades_tell(trade, 'buyer', 'trade_released', p_at) + trades_tell(trade, 'seller', 'trade_released', p_at));
END
$$;
