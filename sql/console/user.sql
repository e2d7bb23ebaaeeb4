-- Somebody with all that the staff must know, for the staff; no row for anybody else.
SELECT
    u.id, users_name(u.id) AS name, u.first_name, u.slug, u.language, u.time_zone, u.email, u.email_verified_at, u.phone,
    u.created_at, u.onboarded_at, u.blocked_at, u.blocked_why, u.unreachable_at, u.closed_at,
    u.referred_by, users_name(u.referred_by) AS referrer,
    (SELECT s.role FROM staff s WHERE s.user_id = u.id) AS role,
    coalesce((
        SELECT jsonb_agg(jsonb_build_object('currency', b.currency, 'available', b.available::text, 'held', b.held::text,
            'credit', b.credit::text, 'account_id', (
                SELECT id FROM accounts WHERE owner = u.id AND currency = b.currency AND kind = 'available')) ORDER BY b.position)
        FROM wallet_balances(u.id, :at) b WHERE b.available + b.held + b.credit > 0), '[]') AS balances,
    coalesce((
        SELECT jsonb_agg(jsonb_build_object(
            'id', id, 'slug', slug, 'state', state, 'at', created_at, 'amount', least(amount, held)::text, 'currency', currency,
            'side', CASE WHEN buyer_id = u.id THEN 'buyer' ELSE 'seller' END,
            'other_id', other_id, 'other', users_name(other_id)) ORDER BY id DESC)
        FROM (
            SELECT *, CASE WHEN buyer_id = u.id THEN seller_id ELSE buyer_id END AS other_id FROM (
                (SELECT * FROM trades WHERE buyer_id = u.id ORDER BY id DESC LIMIT 10)
                UNION ALL (SELECT * FROM trades WHERE seller_id = u.id ORDER BY id DESC LIMIT 10)) both_sides
            ORDER BY id DESC LIMIT 10) newest), '[]') AS trades,
    coalesce((
        SELECT jsonb_agg(jsonb_build_object('id', id, 'slug', slug, 'state', state, 'at', created_at, 'amount', amount::text,
            'currency', currency) ORDER BY id DESC)
        FROM (SELECT * FROM cashouts WHERE user_id = u.id ORDER BY id DESC LIMIT 10) c), '[]') AS cashouts,
    coalesce((
        SELECT jsonb_agg(jsonb_build_object(
            'id', id, 'by', coalesce(users_name(user_id), user_id::text), 'action', action, 'why', why, 'at', at) ORDER BY id DESC)
        FROM (SELECT * FROM admin_actions WHERE subject = 'user ' || u.id ORDER BY id DESC LIMIT 20) a), '[]') AS actions
FROM staff JOIN users u ON u.id = :person_id
WHERE staff.user_id = :user_id
