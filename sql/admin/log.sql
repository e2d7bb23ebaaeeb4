-- A page of what the staff did, the newest first: of all, of one of them (:by), or to one subject; for owners; no row for anybody else.
WITH page AS MATERIALIZED (
    SELECT * FROM admin_actions
    WHERE id < CASE :before::bigint WHEN 0 THEN 9223372036854775807 ELSE :before::bigint END
        AND (:by::bigint = 0 OR user_id = :by::bigint) AND (:subject::text = '' OR subject = :subject::text)
    ORDER BY id DESC LIMIT 7
)
SELECT
    coalesce((
        SELECT jsonb_agg(jsonb_build_object(
            'id', id, 'at', at, 'by', coalesce(users_name(user_id), user_id::text), 'action', action,
            'subject', CASE WHEN subject ~ '^user [0-9]{1,18}$' THEN coalesce(users_name(substr(subject, 6)::bigint), subject)
                ELSE admin_named(subject) END,
            'why', why, 'before', left(admin_said(before), 120), 'after', left(admin_said(after), 120)) ORDER BY id DESC)
        FROM (SELECT * FROM page ORDER BY id DESC LIMIT 6) shown), '[]') AS actions,
    (SELECT CASE WHEN count(*) > 6 THEN (array_agg(id ORDER BY id DESC))[6] END FROM page) AS next,
    CASE WHEN :by::bigint <> 0 THEN coalesce(users_name(:by::bigint), (:by::bigint)::text) END AS of_whom
FROM staff
WHERE staff.user_id = :user_id AND staff.role = 'owner'
