-- The deadlines that have passed, the oldest first.
SELECT
    id AS trade_id,
    CASE state WHEN 'awaiting_payment' THEN 'expire' WHEN 'paid' THEN 'unanswered'
               WHEN 'accepted' THEN 'undelivered' ELSE 'release' END AS kind,
    due_at
FROM trades
WHERE due_at <= :at
ORDER BY due_at
LIMIT :most::int
