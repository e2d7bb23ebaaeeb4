-- What LockBay costs a person, by the terms that are in force.
SELECT
    standing.fee_percent, standing.discount_percent, t.spread_percent,
    coalesce((
        SELECT jsonb_agg(jsonb_build_object('currency', f.currency, 'network', f.network, 'fee', f.fee::text)
            ORDER BY c.position, f.fee, f.network)
        FROM payout_fees f JOIN currencies c ON c.code = f.currency), '[]') AS cash_outs
FROM users u, terms t, trades_level(u.id) standing
WHERE u.id = :user_id
