-- A page of the notices that nobody got, the newest first, for the staff that answers people; no row for anybody else.
-- What they would have said is not shown: it may hold what makes a code.
WITH page AS MATERIALIZED (
    SELECT * FROM outbox
    WHERE sent_by = 'nobody' AND id < CASE :before::bigint WHEN 0 THEN 9223372036854775807 ELSE :before::bigint END
    ORDER BY id DESC LIMIT 7
)
SELECT
    coalesce((
        SELECT jsonb_agg(jsonb_build_object('id', id, 'kind', kind, 'user_id', user_id, 'name', coalesce(users_name(user_id), user_id::text, '?'),
            'at', created_at, 'error', left(coalesce(error, ''), 200)) ORDER BY id DESC)
        FROM (SELECT * FROM page ORDER BY id DESC LIMIT 6) shown), '[]') AS notices,
    (SELECT CASE WHEN count(*) > 6 THEN (array_agg(id ORDER BY id DESC))[6] END FROM page) AS next
FROM staff
WHERE staff.user_id = :user_id AND staff.role IN ('support', 'owner')
