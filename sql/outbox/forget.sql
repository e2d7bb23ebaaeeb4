-- Deletes notices that were over before a time, a small batch of the oldest; answers how many, 0 when none is left.
-- Only the head of the table is looked at: what waits is given up within days, so an old row that is not over holds
-- nothing up for long (those of a paused announcement are few: who was being told, and whose chats took nothing), and the
-- statement costs the same however many rows there are.
-- The row is what keeps a notice from being told twice, by its `dedup`. It can go when nothing can write that notice
-- again: an operation writes its notices in its own transaction, under a request key that stays for ever, and a trade,
-- which makes each move once, ends within weeks, and with it its clock. 90 days are far beyond that.
WITH oldest AS (
    SELECT id, sent_at FROM outbox ORDER BY id LIMIT :most::int
), forgotten AS (
    DELETE FROM outbox WHERE id IN (SELECT id FROM oldest WHERE sent_at < :before::timestamptz) RETURNING id
)
SELECT count(*)::int FROM forgotten
