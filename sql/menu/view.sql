-- What a person has, and what waits for them.
SELECT
    u.first_name,
    u.onboarded_at IS NOT NULL AS onboarded,
    coalesce(money.balances, '[]') AS balances,
    money.total_usd,
    (bought.turns + sold.turns)::int AS turns,
    (bought.open + sold.open)::int AS open_trades,
    (SELECT count(*) FROM onboarding_waiting(u.id))::int AS invitations
FROM users u,
LATERAL (
    SELECT
        jsonb_agg(jsonb_build_object('currency', b.currency, 'available', b.available::text, 'held', b.held::text)
            ORDER BY b.position) FILTER (WHERE b.available > 0 OR b.held > 0) AS balances,
        round(sum((b.available + b.held) * b.price), 2) AS total_usd
    FROM wallet_balances(u.id, :at) b) money,
LATERAL (
    SELECT count(*) AS open, count(*) FILTER (WHERE trades_turn(state) = 'buyer') AS turns
    FROM trades WHERE buyer_id = u.id AND ended_at IS NULL) bought,
LATERAL (
    SELECT count(*) AS open, count(*) FILTER (WHERE trades_turn(state) = 'seller') AS turns
    FROM trades WHERE seller_id = u.id AND ended_at IS NULL) sold
WHERE u.id = :user_id
