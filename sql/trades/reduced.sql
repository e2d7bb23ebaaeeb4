-- internal: what a release pays the seller when only p_held of a trade's price is there: the fee shrinks with it, half up
CREATE FUNCTION trades_reduced(p_trade trades, p_held numeric) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT p_held - round(p_trade.fee * p_held / (p_trade.amount + p_trade.buyer_fee), scale)
    FROM currencies WHERE code = p_trade.currency
$$;
