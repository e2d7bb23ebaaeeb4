-- Promises what is missing of a trade's price in another currency of the buyer's, for as long as quotes are locked. It is an
-- exchange: as many sources must agree, and our position has the same end.
CREATE FUNCTION trades_quote(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_trade_id bigint, p_currency text
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'trades/quote', p_at);
    trade   trades;
    reason  text;
    refusal jsonb;
    price   numeric;
    parts   holds[];
    missing numeric;
    quote   quotes;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    SELECT * INTO trade FROM trades WHERE id = p_trade_id FOR NO KEY UPDATE;
    reason := trades_why_not(trade, p_user_id, 'pay', p_at);
    IF reason IS NOT NULL THEN RETURN trades_refuse(p_request_key, trade, reason); END IF;
    price := CASE WHEN p_currency <> trade.currency THEN rates_price(p_currency, trade.currency, p_at) END;
    IF price IS NULL THEN
        RETURN requests_refuse(p_request_key, 'no_rate', jsonb_build_object('currency', p_currency));
    END IF;
    parts := trades_counted(trade, p_at, p_at);
    missing := trades_rest(trade, parts);
    IF missing = 0 THEN RETURN requests_refuse(p_request_key, 'terms_changed', '{"total": "0"}'); END IF;
    refusal := trades_full(trade, missing, parts, p_at);
    IF refusal IS NOT NULL THEN
        RETURN requests_refuse(p_request_key, refusal ->> 'reason', refusal -> 'details');
    END IF;
    INSERT INTO quotes (user_id, trade_id, from_currency, from_amount, to_currency, to_amount, price, at, valid_until)
    SELECT p_user_id, trade.id, source.code, rates_cost(missing, price, source.scale, target.scale), target.code, missing, price,
        p_at, least(p_at + t.quote_lock, trades_due(trade, p_at))
    FROM terms t, currencies source, currencies target WHERE source.code = p_currency AND target.code = trade.currency
    RETURNING * INTO quote;
    RETURN requests_finish(p_request_key, jsonb_build_object(
        'answer', jsonb_build_object(
            'id', quote.id, 'trade_id', trade.id, 'from_currency', quote.from_currency, 'from_amount', quote.from_amount::text,
            'to_currency', quote.to_currency, 'to_amount', quote.to_amount::text, 'price', quote.price::text,
            'valid_until', quote.valid_until),
        'changed', '[]'::jsonb, 'told', 0));
END
$$;
