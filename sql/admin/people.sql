-- People whom the staff looks for, 8 a page by their id: a Telegram number, a @username or its first three letters or more, an e-mail
-- address, a phone number, the slug of a profile, or a trade's code (both sides). No row for whoever is not of the staff.
WITH asked AS (
    SELECT :query::text AS q, lower(ltrim(:query::text, '@')) AS name
), found AS MATERIALIZED (
    SELECT id FROM (
        SELECT u.id FROM asked JOIN users u ON u.id = CASE WHEN q ~ '^[0-9]{1,18}$' THEN q::bigint END
        UNION SELECT u.id FROM asked JOIN users u ON u.slug = lower(q)
        UNION SELECT u.id FROM asked JOIN users u ON lower(u.email) = lower(q) AND u.email_verified_at IS NOT NULL
        UNION SELECT x.user_id FROM asked JOIN extra_contacts x ON x.kind = 'email' AND lower(x.value) = lower(q) AND x.verified_at IS NOT NULL
        UNION SELECT u.id FROM asked JOIN users u ON u.phone = q
        UNION SELECT unnest(ARRAY[t.buyer_id, t.seller_id]) FROM asked JOIN trades t ON t.slug = upper(q)
        UNION SELECT u.id FROM asked JOIN users u
            ON lower(u.username) ~>=~ name AND lower(u.username) ~<~ (name || chr(1114111)) AND u.username IS NOT NULL
            WHERE name ~ '^[a-z][a-z0-9_]{2,31}$'
    ) one
    WHERE id > :after::bigint ORDER BY id LIMIT 9
)
SELECT
    coalesce((
        SELECT jsonb_agg(jsonb_build_object(
            'id', u.id, 'name', users_name(u.id), 'first_name', u.first_name, 'since', u.created_at,
            'blocked', u.blocked_at IS NOT NULL, 'role', s.role) ORDER BY u.id)
        FROM (SELECT id FROM found ORDER BY id LIMIT 8) shown JOIN users u USING (id) LEFT JOIN staff s ON s.user_id = u.id), '[]') AS people,
    (SELECT CASE WHEN count(*) > 8 THEN (array_agg(id ORDER BY id))[8] END FROM found) AS next
FROM staff
WHERE staff.user_id = :user_id
