-- A cash-out with all that somebody must know to decide about it, for the staff; no row for anybody else.
SELECT
    c.id, c.slug, c.state, c.currency, c.network, c.amount, c.net, c.usd_worth, c.address, c.bank_name, c.account_name, c.proven,
    c.reference, c.provider, c.external_id, c.txid, c.problem, c.tries, c.created_at, c.ended_at,
    c.user_id = :user_id AS is_own, cashout_has_begun(c.id, :user_id) AS has_begun,
    coalesce(users_name(c.decided_by), c.decided_by::text) AS decided_by, c.decided_at,
    coalesce(users_name(c.claimed_by), c.claimed_by::text) AS claimed_by, c.claimed_at,
    coalesce(c.claimed_by = :user_id, false) AS is_claimed,
    jsonb_build_object(
        'id', u.id, 'name', users_name(u.id), 'since', u.created_at, 'has_email', u.email_verified_at IS NOT NULL,
        'deposits', came.deposits, 'deposited', came.amount::text, 'cashouts', went.cashouts, 'cashed_out_usd', went.usd::text,
        'elsewhere', went.elsewhere, 'is_blocked', u.blocked_at IS NOT NULL) AS person,
    coalesce((
        SELECT jsonb_agg(jsonb_build_object('at', at, 'provider', provider, 'outcome', outcome, 'txid', txid) ORDER BY id)
        FROM (SELECT * FROM payout_events WHERE cashout_id = c.id ORDER BY id DESC LIMIT 6) told), '[]') AS events
FROM staff
JOIN cashouts c ON c.id = :cashout_id
JOIN users u ON u.id = c.user_id
CROSS JOIN LATERAL (
    SELECT count(*) AS deposits, coalesce(sum(credited) FILTER (WHERE currency = c.currency), 0) AS amount
    FROM provider_events WHERE user_id = c.user_id AND transfer_id IS NOT NULL
) came
CROSS JOIN LATERAL (
    SELECT count(*) AS cashouts, coalesce(sum(usd_worth), 0) AS usd,
        NOT coalesce(bool_or(address = c.address AND bank_code = c.bank_code), false) AS elsewhere
    FROM cashouts WHERE user_id = c.user_id AND state = 'done' AND id <> c.id
) went
WHERE staff.user_id = :user_id AND staff.role IN ('finance', 'owner')
