-- Everything that a cash-out asks about, in one statement: what there is and what it is worth, what each network costs, where
-- money went before, and what counts against the day's limits.
-- `recent` left a balance by cash-outs of the last hour: a conversation that is replayed must take the same amounts again.
SELECT
    coalesce((
        SELECT jsonb_agg(jsonb_build_object(
            'currency', b.currency, 'available', b.available::text, 'recent', coalesce(r.amount, 0)::text, 'usd', b.price::text,
            'networks', costs.networks) ORDER BY b.position)
        FROM wallet_balances(u.id, :at) b
        JOIN LATERAL (
            SELECT jsonb_agg(jsonb_build_object('network', f.network, 'fee', f.fee::text, 'least', f.least::text)
                ORDER BY f.fee, f.network) AS networks
            FROM payout_fees f WHERE f.currency = b.currency) costs ON costs.networks IS NOT NULL
        LEFT JOIN (
            SELECT currency, sum(amount) AS amount FROM cashouts
            WHERE user_id = :user_id AND created_at > :at::timestamptz - interval '1 hour'
                AND state NOT IN ('refunded', 'declined', 'cancelled')
            GROUP BY currency) r ON r.currency = b.currency), '[]') AS coins,
    contacts_saved(u.id) AS saved,
    t.cashout_code = 'verified' AND u.email_verified_at IS NOT NULL AS needs_code,
    nullif(t.cashout_daily_count, 0) AS count_limit,
    bound.usd AS usd_limit,
    coalesce((
        SELECT jsonb_agg(jsonb_build_object('currency', currency, 'amount', amount::text, 'usd', coalesce(usd_worth, 0)::text,
            'until', created_at + interval '24 hours') ORDER BY created_at, id)
        FROM cashouts
        WHERE user_id = u.id AND created_at > :at::timestamptz - interval '24 hours'
            AND state NOT IN ('refunded', 'declined', 'cancelled')
            AND (t.cashout_daily_count > 0 OR bound.usd IS NOT NULL)), '[]') AS spent,
    u.email_verified_at IS NOT NULL AS is_verified,
    CASE WHEN u.email_verified_at IS NOT NULL AND cashout_lower_limit(u, t, :at) IS NOT NULL
        THEN u.email_first_at + interval '24 hours' END AS lower_until,
    nullif(t.cashout_approval_usd, 0) AS approval_usd,
    cashout_barred_until(u, t, :at) AS barred_until,
    contacts_own(u.id) AS ours
FROM users u, terms t,
LATERAL (SELECT least(nullif(t.cashout_daily_usd, 0), cashout_lower_limit(u, t, :at)) AS usd) bound
WHERE u.id = :user_id
