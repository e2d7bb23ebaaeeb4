-- internal: who traded with whom and for how much, or who was rated by whom; null unless both sides let groups be told of them
CREATE FUNCTION groups_deal(p_topic text, p_trade_id bigint, p_rated_id bigint) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'topic', p_topic,
        'one', users_name(CASE WHEN p_rated_id = t.buyer_id THEN t.seller_id ELSE t.buyer_id END),
        'other', users_name(CASE WHEN p_rated_id = t.buyer_id THEN t.buyer_id ELSE t.seller_id END),
        'amount', least(t.amount, t.held)::text, 'currency', t.currency)
    FROM trades t JOIN users buyer ON buyer.id = t.buyer_id JOIN users seller ON seller.id = t.seller_id
    WHERE t.id = p_trade_id AND buyer.may_announce AND seller.may_announce
        AND users_barred(buyer) IS NULL AND users_barred(seller) IS NULL
$$;
