-- internal: whether money that comes for a trade still goes into its price: until all of that is there, and also what the
-- tolerance has forgiven; not when the buyer went on with less
CREATE FUNCTION trades_takes(p_trade trades) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT p_trade.state IN ('awaiting_payment', 'underpaid')
        OR p_trade.ended_at IS NULL AND p_trade.held < p_trade.amount + p_trade.buyer_fee
            AND p_trade.payout = p_trade.amount - p_trade.seller_fee
$$;
