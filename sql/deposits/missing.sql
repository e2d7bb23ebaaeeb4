-- internal: what is missing of a trade's price in a coin; p_price is null for the trade's own
CREATE FUNCTION deposits_missing(p_trade trades, p_coin currencies, p_price numeric, p_at timestamptz)
RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN p_price IS NULL THEN missing ELSE rates_cost(missing, p_price, p_coin.scale, c.scale) END
    FROM currencies c, trades_missing(p_trade, p_at) missing WHERE c.code = p_trade.currency
$$;
