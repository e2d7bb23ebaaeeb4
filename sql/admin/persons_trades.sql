-- A page of a person's trades on both sides, the newest first, for the staff; no row for anybody else.
WITH candidates AS (
    (SELECT id FROM trades WHERE buyer_id = :person::bigint
        AND id < CASE :before::bigint WHEN 0 THEN 9223372036854775807 ELSE :before::bigint END ORDER BY id DESC LIMIT 9)
    UNION ALL
    (SELECT id FROM trades WHERE seller_id = :person::bigint
        AND id < CASE :before::bigint WHEN 0 THEN 9223372036854775807 ELSE :before::bigint END ORDER BY id DESC LIMIT 9)
), page AS MATERIALIZED (
    SELECT t.*, row_number() OVER (ORDER BY t.id DESC) AS place FROM candidates JOIN trades t USING (id)
)
SELECT
    u.id, users_name(u.id) AS name,
    coalesce((
        SELECT jsonb_agg(jsonb_build_object(
            'id', id, 'slug', slug, 'role', CASE WHEN buyer_id = u.id THEN 'buyer' ELSE 'seller' END,
            'other', CASE WHEN buyer_id = u.id THEN coalesce(users_name(seller_id), nullif(seller_handle, '')) ELSE users_name(buyer_id) END,
            'state', state, 'currency', currency, 'amount', least(amount, held)::text, 'description', description, 'at', created_at) ORDER BY id DESC)
        FROM page WHERE place <= 8), '[]') AS trades,
    (SELECT id FROM page WHERE place = 8 AND EXISTS (SELECT FROM page WHERE place = 9)) AS next
FROM staff
JOIN users u ON u.id = :person::bigint
WHERE staff.user_id = :user_id
