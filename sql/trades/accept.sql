-- The seller takes a paid trade: the delivery window begins. Whoever was found by a @username must have it still.
CREATE FUNCTION trades_accept(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_trade_id bigint
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'trades/accept', p_at);
    trade   trades;
    reason  text;
    until   timestamptz;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    SELECT * INTO trade FROM trades WHERE id = p_trade_id FOR NO KEY UPDATE;
    reason := coalesce(trades_why_not(trade, p_user_id, 'accept', p_at), CASE WHEN trades_renamed(trade) THEN 'not_for_you' END);
    IF reason IS NOT NULL THEN RETURN trades_refuse(p_request_key, trade, reason); END IF;
    until := p_at + make_interval(hours => trade.delivery_hours);
    UPDATE trades SET state = 'accepted', accepted_at = p_at, deliver_by = until,
        refund_at = until + (SELECT delivery_grace FROM terms)
    WHERE id = trade.id RETURNING * INTO trade;
    RETURN trades_finish(p_request_key, trade, p_user_id, trades_tell(trade, 'buyer', 'trade_accepted', p_at));
END
$$;
