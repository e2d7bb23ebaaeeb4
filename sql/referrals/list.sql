-- One page of those whom a person brought, the newest first; `before` is the last one of the page before, 0 begins.
-- No more of each than the first name and how far they have come: what they trade is their own matter.
WITH page AS MATERIALIZED (
    SELECT r.id, r.first_name, r.referred_at, r.onboarded_at, g.amount,
        row_number() OVER (ORDER BY r.referred_at DESC, r.id DESC) AS place
    FROM users r
    LEFT JOIN referral_rewards g ON g.referred_id = r.id AND g.kind = 'referrer'
    WHERE r.referred_by = :user_id AND (r.referred_at, r.id) < (
        coalesce((SELECT referred_at FROM users WHERE id = :before::bigint AND referred_by = :user_id), 'infinity'),
        CASE :before::bigint WHEN 0 THEN 9223372036854775807 ELSE :before::bigint END)
    ORDER BY r.referred_at DESC, r.id DESC LIMIT 11
)
SELECT
    coalesce((
        SELECT jsonb_agg(jsonb_build_object(
            'name', first_name, 'at', referred_at, 'earned', amount::text,
            'state', CASE WHEN amount IS NOT NULL THEN 'earned' WHEN onboarded_at IS NULL THEN 'invited'
                WHEN EXISTS (SELECT FROM trades WHERE buyer_id = page.id AND state = 'released')
                    OR EXISTS (SELECT FROM trades WHERE seller_id = page.id AND state = 'released') THEN 'traded'
                ELSE 'joined' END) ORDER BY place)
        FROM page WHERE place <= 10), '[]') AS people,
    (SELECT id FROM page WHERE place = 10 AND EXISTS (SELECT FROM page WHERE place = 11)) AS next
FROM users u
WHERE u.id = :user_id
