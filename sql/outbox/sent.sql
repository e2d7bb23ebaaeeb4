-- Notices that are over: who was told by what, or by nobody and why. Whom Telegram has reached can be reached.
-- Locked in the order of their numbers, as where an announcement is paused or stopped (sql/broadcasts/steer.sql).
WITH over AS MATERIALIZED (
    SELECT id FROM outbox WHERE id = ANY (:ids::bigint[]) AND sent_at IS NULL ORDER BY id FOR NO KEY UPDATE
), told AS (
    UPDATE outbox o SET sent_at = :at, sent_by = t.sent_by, error = t.error, message_id = t.message_id
    FROM unnest(:ids::bigint[], :sent_by::text[], :errors::text[], :message_ids::bigint[]) AS t (id, sent_by, error, message_id)
    WHERE o.id = t.id AND o.id IN (SELECT id FROM over) AND o.sent_at IS NULL
    RETURNING o.user_id, o.sent_by
)
UPDATE users SET unreachable_at = NULL
WHERE unreachable_at IS NOT NULL AND id IN (SELECT user_id FROM told WHERE sent_by = 'telegram')
