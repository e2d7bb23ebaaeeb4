-- Stores a batch of updates and how far they reach, before Telegram is told that they were received.
-- Updates that are still there are left alone. One that was settled already must not come again: see Intake.
WITH reached AS (
    INSERT INTO poller (bot_id, next_offset, at)
    VALUES (:bot_id, :next_offset, :at)
    ON CONFLICT (bot_id) DO UPDATE SET next_offset = excluded.next_offset, at = excluded.at
)
INSERT INTO inbox (update_id, user_id, body, received_at)
SELECT update_id, user_id, body, :at
FROM unnest(:update_ids::bigint[], :user_ids::bigint[], :bodies::bytea[]) AS batch (update_id, user_id, body)
ON CONFLICT (update_id) DO NOTHING
