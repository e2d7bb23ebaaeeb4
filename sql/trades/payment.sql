-- Everything that its buyer needs to pay a trade: what is missing, what has arrived, and what each way of paying costs now.
-- A purse without cost has no price that enough sources agree on. A place is where the buyer can pay in already, at the price that
-- counts there.
SELECT
    t.id, t.slug, t.currency, t.amount + t.buyer_fee AS total, rest.missing, trades_due(t, :at) AS deadline,
    t.amount - t.seller_fee AS seller_gets, trades_reduced(t, t.amount + t.buyer_fee - rest.missing) AS reduced,
    trades_parts(t, :at) AS parts,
    (SELECT jsonb_agg(jsonb_build_object(
            'currency', c.code, 'available', coalesce(a.balance, 0)::text,
            'cost', CASE WHEN c.code = t.currency THEN rest.missing
                         WHEN rate.price IS NOT NULL THEN rates_cost(rest.missing, rate.price, c.scale, own.scale) END::text)
            ORDER BY c.code <> t.currency, c.position)
        FROM currencies c
        LEFT JOIN accounts a ON a.owner = :user_id AND a.currency = c.code AND a.kind = 'available'
        CROSS JOIN LATERAL (
            SELECT CASE WHEN c.code <> t.currency THEN rates_price(c.code, t.currency, :at) END AS price) rate) AS purses,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('currency', currency, 'network', network, 'amount', amount::text)), '[]')
        FROM (
            SELECT DISTINCT ON (p.currency, p.network) p.currency, p.network, deposits_missing(t, c, here.price, :at) AS amount
            FROM payins p JOIN currencies c ON c.code = p.currency
                CROSS JOIN LATERAL deposits_price(p, :at, :at) here (price)
            WHERE p.trade_id = t.id AND p.provider IS NOT NULL AND rest.missing > 0
                AND (p.network <> 'BANK' OR p.amount = deposits_missing(t, c, here.price, :at) AND NOT deposits_used(p.id))
            ORDER BY p.currency, p.network, p.id DESC
        ) place) AS places,
    (SELECT coalesce(jsonb_agg(move ORDER BY place), '[]')
        FROM unnest(ARRAY['pay', 'reduce', 'cancel']) WITH ORDINALITY moves (move, place)
        WHERE trades_why_not(t, :user_id, move, :at) IS NULL
            AND NOT (move = 'reduce' AND trades_too_little(t, t.amount + t.buyer_fee - rest.missing))) AS may
FROM trades t
JOIN currencies own ON own.code = t.currency
CROSS JOIN LATERAL trades_missing(t, :at) rest (missing)
WHERE t.id = :trade_id AND t.buyer_id = :user_id
