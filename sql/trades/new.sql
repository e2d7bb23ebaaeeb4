-- Everything that the creation of a trade asks about.
SELECT
    u.username,
    CASE WHEN u.email_verified_at IS NOT NULL THEN u.email END AS email,
    (
        SELECT jsonb_agg(jsonb_build_object(
            'currency', b.currency, 'available', b.available::text, 'usd', rates_worth(b.currency, :at)::text) ORDER BY b.position)
        FROM wallet_balances(u.id, :at) b) AS currencies,
    standing.fee_percent, standing.level, standing.discount_percent, t.smallest_trade_usd, t.largest_trade_usd,
    over.reason AS limit_reached, over.most AS limit_most, over.until AS limit_until, t.shortest_delivery_hours, t.longest_delivery_hours,
    coalesce((
        SELECT jsonb_agg(s.username ORDER BY recent.latest DESC)
        FROM (
            SELECT seller_id, max(id) AS latest
            FROM (SELECT seller_id, id FROM trades WHERE buyer_id = u.id ORDER BY id DESC LIMIT 30) last_trades
            GROUP BY seller_id ORDER BY 2 DESC LIMIT 5) recent
        JOIN users s ON s.id = recent.seller_id AND s.username IS NOT NULL), '[]') AS sellers
FROM users u, terms t, trades_level(u.id) standing, trades_limit(u.id, :at) over
WHERE u.id = :user_id
