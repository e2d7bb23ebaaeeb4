-- internal: whether p_held of a trade's price is too little to go on with: nothing would be left for the seller, or it would be a trade
-- that is smaller than anybody may begin, which counts as a completed one all the same
CREATE FUNCTION trades_too_little(p_trade trades, p_held numeric) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT trades_reduced(p_trade, p_held) <= 0
        OR round(p_trade.usd_worth * p_held / (p_trade.amount + p_trade.buyer_fee), 2) < smallest_trade_usd FROM terms
$$;
