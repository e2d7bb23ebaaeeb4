-- One page of the groups that a person brought the bot into, the newest first.
SELECT
    coalesce((
        SELECT jsonb_agg(jsonb_build_object('slug', slug, 'title', title, 'topics', topics) ORDER BY id DESC)
        FROM (SELECT * FROM groups WHERE added_by = u.id AND left_at IS NULL AND id < before.id ORDER BY id DESC LIMIT 8) page), '[]') AS groups,
    (SELECT CASE WHEN count(*) = 9 THEN (array_agg(id ORDER BY id DESC))[8] END FROM (
        SELECT id FROM groups WHERE added_by = u.id AND left_at IS NULL AND id < before.id ORDER BY id DESC LIMIT 9) ids) AS next
FROM users u, (SELECT CASE :before::bigint WHEN 0 THEN 9223372036854775807 ELSE :before::bigint END AS id) before
WHERE u.id = :user_id
