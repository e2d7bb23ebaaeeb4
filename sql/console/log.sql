-- A page of what the staff did, the newest first, of all or (`by` <> 0) of one of them, for owners; no row for anybody else.
WITH page AS MATERIALIZED (
    SELECT found.*, row_number() OVER (ORDER BY found.id DESC) AS place FROM (
        (SELECT * FROM admin_actions WHERE :by::bigint = 0
            AND id < CASE :before::bigint WHEN 0 THEN 9223372036854775807 ELSE :before::bigint END ORDER BY id DESC LIMIT 51)
        UNION ALL
        (SELECT * FROM admin_actions WHERE user_id = nullif(:by::bigint, 0)
            AND id < CASE :before::bigint WHEN 0 THEN 9223372036854775807 ELSE :before::bigint END ORDER BY id DESC LIMIT 51)) found
)
SELECT
    coalesce((
        SELECT jsonb_agg(jsonb_build_object('id', id, 'by_id', user_id, 'by', coalesce(users_name(user_id), user_id::text), 'action', action,
            'subject', subject, 'why', why, 'before', admin_said(before), 'after', admin_said(after), 'at', at) ORDER BY id DESC)
        FROM page WHERE place <= 50), '[]') AS actions,
    (SELECT id FROM page WHERE place = 50 AND EXISTS (SELECT FROM page WHERE place = 51)) AS next
FROM staff
WHERE staff.user_id = :user_id AND staff.role = 'owner'
