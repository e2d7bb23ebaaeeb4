-- A trade as its invitation shows it to whoever has the token.
SELECT
    t.id AS trade_id, t.slug, t.state, users_name(t.buyer_id) AS buyer, ratings_standing(t.buyer_id) AS buyer_standing,
    t.seller_kind, t.currency, t.amount, t.seller_fee,
    t.amount - t.seller_fee AS seller_gets, t.description, t.delivery_hours, trades_due(t, :at) AS deadline,
    trades_standing(t, i, u) AS standing
FROM invitations i
JOIN trades t ON t.id = i.trade_id
JOIN users u ON u.id = :user_id
WHERE i.token = :token
