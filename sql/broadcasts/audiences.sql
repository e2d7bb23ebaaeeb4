-- For whom a broadcast can be, how many they are, and how many of them do not want to hear it; for owners, no row for anybody else.
WITH hearing AS MATERIALIZED (
    SELECT lower(split_part(u.language, '-', 1)) AS language, 'announcements' = ANY (u.muted) AS muted,
        broadcasts_hears(u, 'active', :at::timestamptz - interval '30 days') AS active
    FROM users u, staff
    WHERE staff.user_id = :user_id AND staff.role = 'owner' AND broadcasts_hears(u, 'all', :at::timestamptz)
), counted AS (
    SELECT 1 AS place, 'all' AS name, count(*) AS people, count(*) FILTER (WHERE muted) AS muted FROM hearing
    UNION ALL
    SELECT 2, 'active', count(*), count(*) FILTER (WHERE muted) FROM hearing WHERE active
    UNION ALL
    (SELECT 3, language, count(*), count(*) FILTER (WHERE muted) FROM hearing WHERE language ~ '^[a-z]{2,3}$'
        GROUP BY language ORDER BY count(*) DESC, language LIMIT 12)
)
SELECT (SELECT coalesce(jsonb_agg(jsonb_build_object('name', name, 'people', people, 'muted', muted) ORDER BY place, people DESC, name), '[]')
    FROM counted WHERE people > 0) AS audiences
FROM staff
WHERE staff.user_id = :user_id AND staff.role = 'owner'
