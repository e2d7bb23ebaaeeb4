-- For whom a broadcast can be, how many they are, and how many of them do not want to hear it; for owners, no row for anybody else.
-- Active is who did something in 30 days: each thing that is done leaves its request under their number.
WITH spoken AS MATERIALIZED (
    SELECT language, count(*) AS people, count(*) FILTER (WHERE muted) AS muted, count(*) FILTER (WHERE active) AS active,
        count(*) FILTER (WHERE active AND muted) AS active_muted
    FROM (
        SELECT lower(split_part(u.language, '-', 1)) AS language, 'announcements' = ANY (u.muted) AS muted,
            EXISTS (SELECT FROM requests WHERE key > u.id || '.' AND key < u.id || '/' AND at >= :at::timestamptz - interval '30 days') AS active
        FROM users u, staff
        WHERE staff.user_id = :user_id AND staff.role = 'owner' AND broadcasts_hears(u, 'all')
    ) hearing
    GROUP BY language
), counted AS (
    SELECT 1 AS place, 'all' AS name, sum(people) AS people, sum(muted) AS muted FROM spoken
    UNION ALL
    SELECT 2, 'active', sum(active), sum(active_muted) FROM spoken
    UNION ALL
    (SELECT 3, language, people, muted FROM spoken WHERE language ~ '^[a-z]{2,3}$' ORDER BY people DESC, language LIMIT 12)
)
SELECT (SELECT coalesce(jsonb_agg(jsonb_build_object('name', name, 'people', people, 'muted', muted) ORDER BY place, people DESC, name), '[]')
    FROM counted WHERE people > 0) AS audiences
FROM staff
WHERE staff.user_id = :user_id AND staff.role = 'owner'
