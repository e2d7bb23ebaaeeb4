-- A person as others see them, by @username or else by the slug of their page, both empty for oneself; no row for whoever does not
-- show themselves to the viewer, as for nobody at all.
SELECT
    p.slug, users_name(p.id) AS name, p.username, p.is_public, p.id = :user_id AS is_own, counted.standing,
    ratings_achievements(p.id, counted.standing, :at) AS achievements
FROM users p
CROSS JOIN LATERAL (SELECT ratings_standing(p.id) AS standing OFFSET 0) counted
WHERE p.id = CASE
        WHEN :username::text <> '' THEN (SELECT id FROM users WHERE lower(username) = lower(:username::text) LIMIT 1)
        WHEN :slug::text <> '' THEN (SELECT id FROM users WHERE slug = :slug::text)
        ELSE :user_id::bigint END
    AND ratings_may_look(:user_id, p)
