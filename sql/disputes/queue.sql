-- A page of the disputes that nobody has decided, the oldest first, or (`ended`) of those that are over, the newest first, for
-- support; no row for anybody else. One more than the page tells whether there is another. Nobody decides about their own.
WITH candidates AS (
    (SELECT d.* FROM disputes d
        WHERE :ended::bigint = 0 AND resolved_at IS NULL AND id > :after::bigint
            AND :user_id NOT IN (buyer_id, seller_id) ORDER BY id LIMIT 9)
    UNION ALL
    (SELECT d.* FROM disputes d
        WHERE :ended::bigint <> 0 AND resolved_at IS NOT NULL
            AND id < CASE :after::bigint WHEN 0 THEN 9223372036854775807 ELSE :after::bigint END
            AND :user_id NOT IN (buyer_id, seller_id) ORDER BY id DESC LIMIT 9)
), page AS MATERIALIZED (
    SELECT *, row_number() OVER (ORDER BY CASE :ended::bigint WHEN 0 THEN id ELSE -id END) AS place FROM candidates
)
SELECT
    coalesce((
        SELECT jsonb_agg(jsonb_build_object(
            'trade_id', t.id, 'slug', t.slug, 'at', p.opened_at, 'by', p.role, 'reason', p.reason, 'currency', t.currency,
            'held', t.held::text, 'buyer_id', t.buyer_id, 'buyer', users_name(t.buyer_id),
            'seller_id', t.seller_id, 'seller', users_name(t.seller_id),
            'assigned', coalesce(users_name(p.assigned_to), p.assigned_to::text),
            'is_mine', coalesce(p.assigned_to = :user_id, false), 'how', p.how) ORDER BY place)
        FROM page p JOIN trades t ON t.id = p.trade_id WHERE place <= 8), '[]') AS disputes,
    (SELECT id FROM page WHERE place = 8 AND EXISTS (SELECT FROM page WHERE place = 9)) AS next,
    (SELECT count(*) FROM disputes WHERE resolved_at IS NULL)::int AS open
FROM staff
WHERE staff.user_id = :user_id AND staff.role IN ('support', 'owner')
