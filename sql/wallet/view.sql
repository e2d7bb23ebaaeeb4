-- A person's wallet: every currency in its order, what is there, what is held, what it is worth.
SELECT
    jsonb_agg(jsonb_build_object(
        'currency', b.currency, 'available', b.available::text, 'held', b.held::text, 'credit', b.credit::text,
        'usd', round((b.available + b.held + b.credit) * b.price, 2)::text) ORDER BY b.position) AS balances,
    round(sum((b.available + b.held + b.credit) * b.price), 2) AS total_usd,
    min(b.rate_at) AS rates_at
FROM users u, wallet_balances(u.id, :at) b
WHERE u.id = :user_id
GROUP BY u.id
