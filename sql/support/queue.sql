-- A page of the open tickets, for the staff who answer people; no row for anybody else. First those that wait for an answer, the longest
-- wait first, then the others; behind the ticket with that place: `answered` 0 or 1, `since` in microseconds, `after` its id.
WITH page AS MATERIALIZED (
    SELECT t.id, t.slug, t.waits_since IS NULL AS answered, coalesce(t.waits_since, t.last_at) AS since, t.last_at,
        users_name(t.user_id) AS person, support_assigned(t) AS assigned_to
    FROM tickets t
    WHERE t.state = 'open' AND ((t.waits_since IS NULL), (coalesce(t.waits_since, t.last_at)), t.id)
        > (:answered::bigint <> 0, timestamptz 'epoch' + :since::bigint * interval '1 microsecond', :after::bigint)
    ORDER BY (t.waits_since IS NULL), (coalesce(t.waits_since, t.last_at)), t.id LIMIT 9
), shown AS (
    SELECT * FROM page ORDER BY answered, since, id LIMIT 8
)
SELECT
    coalesce((
        SELECT jsonb_agg(jsonb_build_object(
            'id', s.id, 'slug', s.slug, 'person', s.person, 'waits', NOT s.answered, 'since', s.since,
            'assigned', coalesce(users_name(s.assigned_to), s.assigned_to::text), 'mine', s.assigned_to IS NOT DISTINCT FROM :user_id,
            'last', CASE last.kind WHEN 'text' THEN '' WHEN 'photo' THEN '📷 ' ELSE '📎 ' END || left(last.text, 80))
            ORDER BY s.answered, s.since, s.id)
        FROM shown s
        JOIN LATERAL (SELECT kind, text FROM ticket_messages WHERE ticket_id = s.id ORDER BY n DESC LIMIT 1) last ON true), '[]') AS tickets,
    (SELECT jsonb_build_object('answered', answered::int, 'since', (extract(epoch FROM since) * 1000000)::bigint, 'after', id)
        FROM shown WHERE (SELECT count(*) FROM page) > 8 ORDER BY answered DESC, since DESC, id DESC LIMIT 1) AS next,
    (SELECT count(*) FROM tickets WHERE state = 'open' AND (waits_since IS NULL) = false)::int AS waiting,
    (SELECT count(*) FROM tickets WHERE state = 'open')::int AS open
FROM staff
WHERE staff.user_id = :user_id AND staff.role IN ('support', 'owner')
