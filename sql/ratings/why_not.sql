-- internal: why somebody cannot rate the other side of a trade now; null when they can
-- Only a trade that the seller had accepted was a deal: one that was cancelled, declined or never paid says nothing of anybody.
CREATE FUNCTION ratings_why_not(p_trade trades, p_user_id bigint, p_at timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN p_trade.id IS NULL OR p_user_id IS NULL
            OR p_user_id NOT IN (p_trade.buyer_id, coalesce(p_trade.seller_id, 0)) THEN 'unknown_trade'
        WHEN p_trade.ended_at IS NULL THEN 'not_ended'
        WHEN p_trade.accepted_at IS NULL OR p_trade.state NOT IN ('released', 'refunded', 'resolved') THEN 'no_deal'
        WHEN p_at >= p_trade.ended_at + interval '90 days' THEN 'too_late'
        WHEN EXISTS (SELECT FROM ratings WHERE trade_id = p_trade.id AND rater_id = p_user_id) THEN 'rated_already'
        ELSE (SELECT users_barred(u) FROM users u WHERE id = p_user_id)
    END
$$;
