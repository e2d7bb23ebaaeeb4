-- A trade as it looks to a side that thinks of disputing it; no row for anybody else.
SELECT t.id AS trade_id, t.slug, CASE WHEN t.buyer_id = :user_id THEN 'buyer' ELSE 'seller' END AS role,
    users_name(CASE WHEN t.buyer_id = :user_id THEN t.seller_id ELSE t.buyer_id END) AS other, t.currency,
    coalesce(t.held, t.amount + t.buyer_fee) AS held, t.description, trades_why_not(t, :user_id, 'dispute', :at) AS why_not,
    t.state, trades_ended_how(t) AS ended_how
FROM trades t
WHERE t.id = :trade_id AND (t.buyer_id = :user_id OR t.seller_id = :user_id)
