-- A page of the updates that failed three times, the oldest first, and of notices that nobody got, the newest first; for the staff that
-- answers people; no row for anybody else.
SELECT
    coalesce((
        SELECT jsonb_agg(jsonb_build_object('id', update_id, 'at', at, 'user_id', user_id, 'name', coalesce(users_name(user_id), user_id::text),
            'error', left(error, 300)) ORDER BY update_id)
        FROM (SELECT * FROM dead_letters WHERE update_id > :after::bigint ORDER BY update_id LIMIT 6) d), '[]') AS letters,
    (SELECT CASE WHEN count(*) > 6 THEN (array_agg(update_id ORDER BY update_id))[6] END
        FROM (SELECT update_id FROM dead_letters WHERE update_id > :after::bigint ORDER BY update_id LIMIT 7) d) AS next,
    (SELECT count(*) FROM dead_letters)::int AS waiting
FROM staff
WHERE staff.user_id = :user_id AND staff.role IN ('support', 'owner')
