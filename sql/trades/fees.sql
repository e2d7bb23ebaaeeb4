-- internal: the fee of a trade: the rate, half up to the currency's scale; the odd unit of a split is the buyer's
-- Multiplied by 0.01 and 0.5, never divided: a division of numerics rounds before we do.
CREATE FUNCTION trades_fees(p_amount numeric, p_scale int, p_percent numeric, p_payer text)
RETURNS TABLE (fee numeric, buyer_fee numeric, seller_fee numeric) LANGUAGE sql IMMUTABLE AS $$
    SELECT total, total - sellers, sellers
    FROM (SELECT round(p_amount * p_percent * 0.01, p_scale)) whole (total),
        LATERAL (SELECT CASE p_payer WHEN 'seller' THEN total WHEN 'buyer' THEN 0 ELSE trunc(total * 0.5, p_scale) END) part (sellers)
$$;
