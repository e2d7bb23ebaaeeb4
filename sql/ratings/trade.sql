-- A trade as one of its sides rates the other in it; no row for anybody else. `stars` are those that the viewer gave already.
SELECT
    t.id, t.slug, t.description, coalesce(users_name(CASE WHEN t.buyer_id = :user_id THEN t.seller_id ELSE t.buyer_id END), '') AS other,
    nullif(ratings_why_not(t, :user_id, :at), 'rated_already') AS barred, r.stars, r.comment
FROM trades t
LEFT JOIN ratings r ON r.trade_id = t.id AND r.rater_id = :user_id
WHERE t.id = :trade_id AND (t.buyer_id = :user_id OR t.seller_id = :user_id)
