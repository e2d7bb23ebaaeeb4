-- A page of tickets behind the ticket `after`: the open ones, the oldest first, or (`closed` 1) the others, the newest first; for those
-- who answer people, no row for anybody else.
WITH page AS MATERIALIZED (
    SELECT found.*, row_number() OVER (ORDER BY CASE :closed::bigint WHEN 0 THEN found.id ELSE -found.id END) AS place FROM (
        (SELECT * FROM tickets WHERE :closed::bigint = 0 AND state = 'open' AND id > :after::bigint ORDER BY id LIMIT 26)
        UNION ALL
        (SELECT * FROM tickets WHERE :closed::bigint <> 0 AND state = 'closed'
            AND id < CASE :after::bigint WHEN 0 THEN 9223372036854775807 ELSE :after::bigint END ORDER BY id DESC LIMIT 26)) found
)
SELECT
    coalesce((
        SELECT jsonb_agg(jsonb_build_object(
            'id', p.id, 'slug', p.slug, 'person_id', p.user_id, 'person', users_name(p.user_id), 'opened_at', p.opened_at,
            'waits_since', p.waits_since, 'closed_at', p.closed_at,
            'assigned', coalesce(users_name(support_assigned(tickets)), support_assigned(tickets)::text),
            'messages', (SELECT max(n) FROM ticket_messages WHERE ticket_id = p.id),
            'first', (SELECT left(text, 120) FROM ticket_messages WHERE ticket_id = p.id AND n = 1)) ORDER BY place)
        FROM page p JOIN tickets ON tickets.id = p.id WHERE place <= 25), '[]') AS tickets,
    (SELECT id FROM page WHERE place = 25 AND EXISTS (SELECT FROM page WHERE place = 26)) AS next,
    (SELECT count(*) FROM tickets WHERE state = 'open' AND (waits_since IS NULL) = false)::int AS waiting,
    (SELECT count(*) FROM tickets WHERE state = 'open')::int AS open
FROM staff
WHERE staff.user_id = :user_id AND staff.role IN ('support', 'owner')
