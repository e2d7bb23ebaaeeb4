-- internal: as whom somebody reads and writes in a trade's chat: a side, or support in one that is or was disputed; else null
CREATE FUNCTION chat_role(p_trade trades, p_user_id bigint) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN p_user_id = p_trade.buyer_id THEN 'buyer' WHEN p_user_id = p_trade.seller_id THEN 'seller'
        WHEN disputes_may(p_trade, p_user_id) THEN 'admin' END
$$;
