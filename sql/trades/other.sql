-- internal: the side of a trade that somebody is not
CREATE FUNCTION trades_other(p_trade trades, p_user_id bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE p_user_id WHEN p_trade.buyer_id THEN 'seller' ELSE 'buyer' END
$$;
