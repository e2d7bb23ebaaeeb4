-- Notices that wait, the oldest first, and a page of those that nobody could be told, the newest first, for support; no row for
-- anybody else. Not what they say: a code may be in it.
WITH page AS MATERIALIZED (
    SELECT *, row_number() OVER (ORDER BY id DESC) AS place FROM outbox
    WHERE sent_by = 'nobody' AND id < CASE :before::bigint WHEN 0 THEN 9223372036854775807 ELSE :before::bigint END
    ORDER BY id DESC LIMIT 26
)
SELECT
    coalesce((
        SELECT jsonb_agg(jsonb_build_object('id', id, 'kind', kind, 'person_id', user_id, 'person', users_name(user_id), 'at', created_at,
            'due_at', due_at, 'attempts', attempts, 'error', left(error, 300)) ORDER BY id)
        FROM (SELECT * FROM outbox WHERE sent_at IS NULL ORDER BY id LIMIT 25) w), '[]') AS waiting,
    coalesce((
        SELECT jsonb_agg(jsonb_build_object('id', id, 'kind', kind, 'person_id', user_id, 'person', users_name(user_id), 'at', created_at,
            'due_at', due_at, 'attempts', attempts, 'error', left(error, 300)) ORDER BY id DESC)
        FROM page WHERE place <= 25), '[]') AS untold,
    (SELECT id FROM page WHERE place = 25 AND EXISTS (SELECT FROM page WHERE place = 26)) AS next
FROM staff
WHERE staff.user_id = :user_id AND staff.role IN ('support', 'owner')
