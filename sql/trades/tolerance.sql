-- internal: how much may be missing of a trade's price: it comes out of the fee, so never more than that
CREATE FUNCTION trades_tolerance(p_trade trades) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT least(p_trade.fee, round((p_trade.amount + p_trade.buyer_fee) * 0.01 * CASE
        WHEN p_trade.usd_worth < 50 THEN t.tolerance_small_percent
        WHEN p_trade.usd_worth < 500 THEN t.tolerance_middle_percent
        ELSE t.tolerance_large_percent END, c.scale))
    FROM terms t, currencies c WHERE c.code = p_trade.currency
$$;
