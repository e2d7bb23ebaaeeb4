-- A page of somebody's tickets, the newest first, before the ticket `before`, 0 is from the newest on; for the staff who answer people, no
-- row for anybody else.
WITH page AS MATERIALIZED (
    SELECT id, slug, state, opened_at, last_at FROM tickets
    WHERE user_id = :person_id AND id < CASE :before::bigint WHEN 0 THEN 9223372036854775807 ELSE :before::bigint END
    ORDER BY id DESC LIMIT 9
)
SELECT
    u.id AS person_id, users_name(u.id) AS name,
    coalesce((
        SELECT jsonb_agg(jsonb_build_object(
            'id', id, 'slug', slug, 'state', state, 'opened_at', opened_at, 'last_at', last_at,
            'messages', (SELECT max(n) FROM ticket_messages WHERE ticket_id = shown.id),
            'first', (SELECT left(text, 80) FROM ticket_messages WHERE ticket_id = shown.id AND n = 1)) ORDER BY id DESC)
        FROM (SELECT * FROM page ORDER BY id DESC LIMIT 8) shown), '[]') AS tickets,
    (SELECT CASE WHEN count(*) > 8 THEN (array_agg(id ORDER BY id DESC))[8] END FROM page) AS next
FROM staff JOIN users u ON u.id = :person_id
WHERE staff.user_id = :user_id AND staff.role IN ('support', 'owner')
