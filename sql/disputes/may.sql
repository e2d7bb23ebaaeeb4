-- internal: whether somebody may decide about a trade's dispute: support and owners, where they are none of its sides
CREATE FUNCTION disputes_may(p_trade trades, p_user_id bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT admin_may(p_user_id, 'support') AND p_user_id NOT IN (p_trade.buyer_id, coalesce(p_trade.seller_id, 0))
        AND EXISTS (SELECT FROM disputes WHERE trade_id = p_trade.id)
$$;
