-- Hands what happened, so much at once, to each group that wants it; answers how much it was.
-- What is left to hand on is what is in the table, whatever the order in which the statements that wrote it have committed.
WITH happened AS (
    DELETE FROM announcements WHERE id IN (SELECT id FROM announcements ORDER BY id LIMIT :most::int) RETURNING *
), spread AS (
    INSERT INTO group_news (group_id, topic, trade_id, rated_id, at)
    SELECT g.id, h.topic, h.trade_id, h.rated_id, h.at
    FROM happened h JOIN groups g ON g.left_at IS NULL AND g.topics <> '{}' AND h.topic = ANY (g.topics)
    ORDER BY h.id
)
SELECT count(*)::int FROM happened
