-- A notice that may have been heard, of which nobody knows, and that is not told again: its announcement, which has counted it as told,
-- counts it as not known. The announcement is locked first, as where it is paused or stopped (sql/broadcasts/steer.sql). Idempotent.
WITH held AS MATERIALIZED (
    SELECT b.id FROM outbox o JOIN broadcasts b ON starts_with(o.dedup, concat_ws('.', 'broadcast', b.id, 'to', ''))
    WHERE o.id = :id FOR NO KEY UPDATE OF b
), over AS (
    UPDATE outbox SET sent_at = :at, sent_by = 'unknown', error = :error
    WHERE id = :id AND sent_at IS NULL AND (SELECT count(*) FROM held) >= 0
    RETURNING id
)
UPDATE broadcasts b SET sent = greatest(b.sent - 1, 0), unknown = b.unknown + 1
FROM held, over
WHERE b.id = held.id
