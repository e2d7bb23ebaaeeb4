-- The other side agrees to end the trade together: the buyer gets everything back.
CREATE FUNCTION trades_agree(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_trade_id bigint
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'trades/agree', p_at);
    trade   trades;
    reason  text;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    SELECT * INTO trade FROM trades WHERE id = p_trade_id FOR NO KEY UPDATE;
    reason := trades_why_not(trade, p_user_id, 'agree', p_at);
    IF reason IS NOT NULL THEN RETURN trades_refuse(p_request_key, trade, reason); END IF;
    trade := trades_end(p_request_key, trade, 'refunded', p_at, 'agreed');
    RETURN trades_finish(p_request_key, trade, p_user_id,
        trades_tell(trade, 'buyer', 'trade_agreed', p_at) + trades_tell(trade, 'seller', 'trade_agreed', p_at));
END
$$;
