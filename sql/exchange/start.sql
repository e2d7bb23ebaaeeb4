-- Everything that an exchange asks about, in one statement: what there is, what it is worth by sources that agree, how much of it
-- is given, and where it could go on to.
SELECT
    (SELECT jsonb_agg(jsonb_build_object(
        'currency', c.code, 'available', coalesce(a.balance, 0)::text,
        'usd', rates_usd(c.code, :at, t.exchange_sources)::text, 'room', exchange_room(u.id, NULL, t, c.code, :at)::text,
        'networks', (
            SELECT coalesce(jsonb_agg(jsonb_build_object('network', f.network, 'fee', f.fee::text, 'least', f.least::text)
                ORDER BY f.fee, f.network), '[]')
            FROM payout_fees f WHERE f.currency = c.code)) ORDER BY c.position)
        FROM currencies c
        LEFT JOIN accounts a ON a.owner = u.id AND a.currency = c.code AND a.kind = 'available') AS coins,
    contacts_saved(u.id) AS saved, contacts_own(u.id) AS ours,
    t.spread_percent, t.exchange_smallest_usd AS smallest_usd, t.exchange_largest_usd AS largest_usd,
    cashout_barred_until(u, t, :at) AS barred_until, cashout_usd_left(u, t, :at) AS usd_left
FROM users u, terms t
WHERE u.id = :user_id
