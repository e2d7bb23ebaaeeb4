-- All that the staff has to know of a person; no row for whoever is not of the staff. Balances and money are there for everybody of it:
-- who answers a question about them has to see them.
SELECT
    u.id, users_name(u.id) AS name, u.first_name, u.slug, u.language, u.time_zone, u.created_at AS since, u.onboarded_at,
    CASE WHEN u.email_verified_at IS NOT NULL THEN u.email END AS email, u.phone,
    coalesce((SELECT jsonb_agg(x.value ORDER BY x.id) FROM extra_contacts x WHERE x.user_id = u.id AND x.verified_at IS NOT NULL), '[]') AS extras,
    u.blocked_at, u.blocked_why, u.unreachable_at, u.closed_at, held.role,
    ratings_standing(u.id) AS standing,
    coalesce((
        SELECT jsonb_agg(jsonb_build_object('currency', currency, 'available', available::text, 'held', held::text, 'credit', credit::text)
            ORDER BY position)
        FROM wallet_balances(u.id, :at) WHERE available <> 0 OR held <> 0 OR credit <> 0), '[]') AS balances,
    ((SELECT count(*) FROM trades WHERE buyer_id = u.id AND ended_at IS NULL)
        + (SELECT count(*) FROM trades WHERE seller_id = u.id AND ended_at IS NULL))::int AS open_trades,
    (SELECT count(*) FROM cashouts WHERE user_id = u.id AND ended_at IS NULL)::int AS open_cashouts,
    coalesce((
        SELECT jsonb_agg(jsonb_build_object('id', id, 'slug', slug, 'state', state, 'amount', amount::text, 'currency', currency, 'at', created_at)
            ORDER BY id DESC)
        FROM (SELECT * FROM cashouts WHERE user_id = u.id ORDER BY id DESC LIMIT 3) c), '[]') AS cashouts,
    coalesce((
        SELECT jsonb_agg(jsonb_build_object('at', at, 'by', coalesce(users_name(user_id), user_id::text), 'action', action, 'why', why) ORDER BY id DESC)
        FROM (SELECT * FROM admin_actions WHERE subject = 'user ' || u.id ORDER BY id DESC LIMIT 3) a), '[]') AS actions,
    staff.role AS viewer
FROM staff
JOIN users u ON u.id = :person::bigint
LEFT JOIN staff held ON held.user_id = u.id
WHERE staff.user_id = :user_id
