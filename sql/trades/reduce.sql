-- The buyer goes on with what has arrived: the trade is paid with that, and the seller, who would get less, accepts or declines.
-- p_held is what the buyer was shown. What is converted of it has an exchange's guard, once its price is not promised any more.
CREATE FUNCTION trades_reduce(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_trade_id bigint, p_held numeric
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'trades/reduce', p_at);
    trade   trades;
    reason  text;
    refusal jsonb;
    parts   holds[];
    total   numeric;
    there   numeric;
    rest    numeric;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    SELECT * INTO trade FROM trades WHERE id = p_trade_id FOR NO KEY UPDATE;
    reason := trades_why_not(trade, p_user_id, 'reduce', p_at);
    IF reason IS NOT NULL THEN RETURN trades_refuse(p_request_key, trade, reason); END IF;
    total := trade.amount + trade.buyer_fee;
    parts := trades_counted(trade, p_at, p_at);
    there := trim_scale(total - trades_rest(trade, parts));
    rest := trades_reduced(trade, there);
    IF p_held <> there THEN
        RETURN requests_refuse(p_request_key, 'terms_changed', jsonb_build_object('total', there::text));
    END IF;
    IF trades_too_little(trade, there) THEN
        RETURN requests_refuse(p_request_key, 'too_little', jsonb_build_object('total', there::text));
    END IF;
    refusal := trades_parts_full(trade, parts, p_at);
    IF refusal IS NOT NULL THEN
        RETURN requests_refuse(p_request_key, refusal ->> 'reason', refusal -> 'details');
    END IF;
    PERFORM trades_cover(p_request_key, trade, parts, 'wallet', trade.currency, 0, 0, NULL, NULL, ARRAY[]::ledger_line[], rest, p_at);
    SELECT * INTO trade FROM trades WHERE id = p_trade_id;
    RETURN trades_finish(p_request_key, trade, p_user_id, trades_tell(trade, 'seller', 'trade_reduced', p_at));
END
$$;
