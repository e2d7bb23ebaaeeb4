-- internal: why a person cannot write in a trade's chat now; null when they can
-- Support writes there while the trade is disputed, and reads on after that. Whoever is blocked can defend themselves in a dispute.
CREATE FUNCTION chat_why_not(p_trade trades, p_user_id bigint, p_at timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN p_trade.id IS NULL THEN 'unknown_trade'
        WHEN chat_role(p_trade, p_user_id) IS NULL THEN 'unknown_trade'
        WHEN p_trade.state = 'disputed' THEN NULL
        WHEN chat_role(p_trade, p_user_id) = 'admin' THEN 'dispute_over'
        WHEN p_trade.seller_id IS NULL THEN 'no_seller'
        WHEN p_at >= p_trade.ended_at + interval '30 days' THEN 'chat_over'
        ELSE (SELECT users_barred(u) FROM users u WHERE id = p_user_id)
    END
$$;
