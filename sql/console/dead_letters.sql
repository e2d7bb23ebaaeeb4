-- A page of the updates that failed three times, the newest first, for support; no row for anybody else. Nothing of what people wrote.
WITH page AS MATERIALIZED (
    SELECT *, row_number() OVER (ORDER BY update_id DESC) AS place FROM dead_letters
    WHERE update_id < CASE :before::bigint WHEN 0 THEN 9223372036854775807 ELSE :before::bigint END
    ORDER BY update_id DESC LIMIT 26
)
SELECT
    coalesce((
        SELECT jsonb_agg(jsonb_build_object('update_id', update_id, 'person_id', user_id, 'person', users_name(user_id), 'at', at,
            'error', left(error, 500)) ORDER BY update_id DESC)
        FROM page WHERE place <= 25), '[]') AS letters,
    (SELECT update_id FROM page WHERE place = 25 AND EXISTS (SELECT FROM page WHERE place = 26)) AS next
FROM staff
WHERE staff.user_id = :user_id AND staff.role IN ('support', 'owner')
