-- What groups can be told now, one row a group: up to five deals whose sides let groups know of them, and how many other things of each
-- topic. 500 rows at once at most, up to `last`. What is an hour old, or not wanted any more, is in `last` and counts for nothing.
WITH due AS MATERIALIZED (
    SELECT * FROM groups g
    WHERE EXISTS (SELECT FROM group_news WHERE group_id = g.id) AND next_at <= :at AND id <> ALL (:busy::bigint[])
    ORDER BY next_at LIMIT :most::int
)
SELECT
    g.id AS group_id, g.chat_id, coalesce(u.language, 'en') AS language, coalesce(u.time_zone, 'UTC') AS time_zone, told.last,
    told.deals, told.opened, told.completed, told.praised
FROM due g
LEFT JOIN users u ON u.id = g.added_by
CROSS JOIN LATERAL (
    SELECT
        max(id) AS last, coalesce(jsonb_agg(deal ORDER BY id) FILTER (WHERE is_named), '[]') AS deals,
        (count(*) FILTER (WHERE is_fresh AND NOT is_named AND topic = 'opened'))::int AS opened,
        (count(*) FILTER (WHERE is_fresh AND NOT is_named AND topic = 'completed'))::int AS completed,
        (count(*) FILTER (WHERE is_fresh AND NOT is_named AND topic = 'praised'))::int AS praised
    FROM (
        SELECT *, deal IS NOT NULL AND count(deal) OVER (ORDER BY id) <= 5 AS is_named
        FROM (
            SELECT n.id, n.topic, fresh.is_fresh,
                CASE WHEN fresh.is_fresh THEN groups_deal(n.topic, n.trade_id, n.rated_id) END AS deal
            FROM (SELECT * FROM group_news WHERE group_id = g.id ORDER BY id LIMIT 500) n
            CROSS JOIN LATERAL (
                SELECT n.at > :at::timestamptz - interval '1 hour' AND g.left_at IS NULL AND n.topic = ANY (g.topics) AS is_fresh) fresh
        ) seen
    ) counted) told
ORDER BY g.next_at
