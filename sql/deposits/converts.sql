-- internal: whether a payment for a trade may be what converts it, or parts of it that came in other coins
CREATE FUNCTION deposits_converts(p_payin payins, p_trade trades) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT p_payin.price IS NOT NULL
        OR EXISTS (SELECT FROM holds WHERE trade_id = p_trade.id AND ended_by IS NULL AND price IS NOT NULL)
$$;
