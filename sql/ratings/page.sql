-- The public page of a person: nothing that is not meant for everybody. No row for whoever is not public, blocked or gone.
SELECT
    p.slug, users_name(p.id) AS name, counted.standing, ratings_achievements(p.id, counted.standing, :at) AS achievements,
    coalesce((
        SELECT jsonb_agg(jsonb_build_object('role', role, 'stars', stars, 'comment', comment, 'at', at) ORDER BY id DESC)
        FROM (SELECT * FROM ratings WHERE rated_id = p.id AND comment IS NOT NULL ORDER BY id DESC LIMIT 10) latest), '[]')
        AS ratings
FROM users p
CROSS JOIN LATERAL (SELECT ratings_standing(p.id) AS standing OFFSET 0) counted
WHERE p.slug = :slug AND p.is_public AND p.onboarded_at IS NOT NULL AND users_barred(p) IS NULL
