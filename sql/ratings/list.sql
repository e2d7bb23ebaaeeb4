-- One page of what was said of a person, the newest first, without who said it; one more than the page tells whether there is
-- another. No row for a profile that the viewer does not see all of.
SELECT
    p.slug, users_name(p.id) AS name, p.id = :user_id AS is_own,
    coalesce((
        SELECT jsonb_agg(jsonb_build_object('role', role, 'stars', stars, 'comment', comment, 'at', at) ORDER BY id DESC)
        FROM (SELECT * FROM ratings WHERE rated_id = p.id AND id < before.id ORDER BY id DESC LIMIT 5) page), '[]') AS ratings,
    (SELECT CASE WHEN count(*) = 6 THEN (array_agg(id ORDER BY id DESC))[5] END
        FROM (SELECT id FROM ratings WHERE rated_id = p.id AND id < before.id ORDER BY id DESC LIMIT 6) ids) AS next
FROM users p, (SELECT CASE :before::bigint WHEN 0 THEN 9223372036854775807 ELSE :before::bigint END AS id) before
WHERE p.slug = :slug AND (p.is_public OR p.id = :user_id) AND ratings_may_look(:user_id, p)
