-- The seller refuses a trade that they have not accepted: the buyer gets back all that was paid.
CREATE FUNCTION trades_decline(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_trade_id bigint
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'trades/decline', p_at);
    trade   trades;
    reason  text;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    SELECT * INTO trade FROM trades WHERE id = p_trade_id FOR NO KEY UPDATE;
    reason := trades_why_not(trade, p_user_id, 'decline', p_at);
    IF reason IS NOT NULL THEN RETURN trades_refuse(p_request_key, trade, reason); END IF;
    trade := trades_end(p_request_key, trade, 'declined', p_at);
    RETURN trades_finish(p_request_key, trade, p_user_id, trades_tell(trade, 'buyer', 'trade_declined', p_at));
END
$$;
