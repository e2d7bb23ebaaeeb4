-- internal: what is missing of a trade's price, in its currency, after the parts that are there
CREATE FUNCTION trades_missing(p_trade trades) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT trim_scale(greatest(p_trade.amount + p_trade.buyer_fee - coalesce(sum(coalesce(worth, amount)), 0), 0))
    FROM holds WHERE trade_id = p_trade.id AND ended_by IS NULL
$$;
