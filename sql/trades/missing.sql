-- internal: what is missing of a trade's price, in its currency, after the parts that are there, for whoever looks at p_at; at
-- -infinity, with all that is promised
CREATE FUNCTION trades_missing(p_trade trades, p_at timestamptz) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT trades_rest(p_trade, trades_counted(p_trade, p_at, p_at))
$$;
