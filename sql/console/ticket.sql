-- A ticket with at most 50 of its messages, the oldest of them first: the newest, or those before the message `before`; and what the
-- staff did to it. For those who answer people; no row for anybody else.
WITH page AS MATERIALIZED (
    SELECT *, row_number() OVER (ORDER BY n DESC) AS place FROM (
        SELECT * FROM ticket_messages
        WHERE ticket_id = :ticket_id AND n < CASE :before::bigint WHEN 0 THEN 9223372036854775807 ELSE :before::bigint END
        ORDER BY n DESC LIMIT 51) newest
)
SELECT
    t.id, t.slug, t.state, t.user_id AS person_id, users_name(t.user_id) AS person, t.opened_at, t.waits_since, t.closed_at,
    coalesce(users_name(t.closed_by), t.closed_by::text) AS closed_by,
    coalesce(users_name(support_assigned(t)), support_assigned(t)::text) AS assigned,
    coalesce((
        SELECT jsonb_agg(jsonb_build_object(
            'n', n, 'role', role, 'author', coalesce(users_name(author_id), author_id::text), 'kind', kind, 'text', text, 'at', at)
            ORDER BY n)
        FROM page WHERE place <= 50), '[]') AS messages,
    (SELECT n FROM page WHERE place = 50 AND EXISTS (SELECT FROM page WHERE place = 51)) AS next,
    coalesce((
        SELECT jsonb_agg(jsonb_build_object(
            'id', id, 'by', coalesce(users_name(user_id), user_id::text), 'action', action, 'why', why, 'at', at) ORDER BY id DESC)
        FROM (SELECT * FROM admin_actions WHERE subject = 'ticket ' || t.id ORDER BY id DESC LIMIT 20) a), '[]') AS actions
FROM staff
JOIN tickets t ON t.id = :ticket_id
WHERE staff.user_id = :user_id AND staff.role IN ('support', 'owner')
