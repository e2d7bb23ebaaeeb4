-- The clock: the time of a trade is over. Not paid, it expires, and parts come back; the seller did not answer or deliver,
-- and the buyer gets everything back; the buyer said nothing, and the seller gets the money.
-- Too early is answered before the key is claimed: a clock that was wrong once must not silence the timer for ever. The
-- trade is locked before that, as a payment that was seen meanwhile may have given it more time.
CREATE FUNCTION trades_elapse(p_request_key text, p_request_hash text, p_at timestamptz, p_trade_id bigint, p_timer text)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb;
    trade   trades;
    ends    text;
BEGIN
    SELECT * INTO trade FROM trades WHERE id = p_trade_id FOR NO KEY UPDATE;
    IF trades_timer(trade.state) = p_timer AND p_at < trade.due_at THEN
        RETURN '{"refused": "too_early", "details": {}, "changed": [], "told": 0}';
    END IF;
    outcome := requests_claim(p_request_key, p_request_hash, 'trades/elapse', p_at);
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    IF trade.id IS NULL THEN RETURN trades_refuse(p_request_key, trade, 'unknown_trade'); END IF;
    IF trades_timer(trade.state) IS DISTINCT FROM p_timer THEN RETURN trades_refuse(p_request_key, trade, 'wrong_state'); END IF;
    ends := CASE p_timer WHEN 'expire' THEN 'expired' WHEN 'release' THEN 'released' ELSE 'refunded' END;
    trade := trades_end(p_request_key, trade, ends, p_at);
    RETURN trades_finish(p_request_key, trade, NULL,
        trades_tell(trade, 'buyer', 'trade_' || ends, p_at) + trades_tell(trade, 'seller', 'trade_' || ends, p_at));
END
$$;
