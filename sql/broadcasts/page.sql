-- Who is next to hear a broadcast, in the order of their numbers: out of so many people behind one, so that a page takes a bounded time
-- however few it is for. `reached`: the last who was looked at; `more`: there may be others behind.
WITH looked AS MATERIALIZED (
    SELECT person, broadcasts_hears(person, b.audience) AND (b.audience <> 'active' OR EXISTS (
        SELECT FROM requests WHERE key > (person).id || '.' AND key < (person).id || '/' AND at >= b.since)) AS hears
    FROM broadcasts b
    CROSS JOIN LATERAL (SELECT users AS person FROM users WHERE id > :after::bigint ORDER BY id LIMIT :most::int) next
    WHERE b.id = :broadcast_id
)
SELECT
    coalesce(jsonb_agg(jsonb_build_object(
        'user_id', (person).id, 'language', (person).language, 'time_zone', (person).time_zone, 'quiet_from', (person).quiet_from,
        'quiet_until', (person).quiet_until, 'muted', 'announcements' = ANY ((person).muted)) ORDER BY (person).id)
        FILTER (WHERE hears), '[]') AS people,
    coalesce(max((person).id), :after::bigint) AS reached, count(*) = :most::int AS more
FROM looked
