-- Stores a batch of updates and how far they reach, before Telegram is told that they were received. Answers whether it did: not
-- when another service has the tenure, which was given these updates as well and may have settled them.
-- Updates that are still there are left alone. One that was settled already must not come again: see Intake.
WITH reached AS (
    INSERT INTO poller (bot_id, next_offset, at, holder)
    VALUES (:bot_id, :next_offset, :at, :holder)
    ON CONFLICT (bot_id) DO UPDATE SET next_offset = excluded.next_offset, at = excluded.at
    WHERE poller.holder = excluded.holder
    RETURNING bot_id
), stored AS (
    INSERT INTO inbox (update_id, user_id, body, received_at)
    SELECT update_id, user_id, body, :at
    FROM reached, unnest(:update_ids::bigint[], :user_ids::bigint[], :bodies::bytea[]) AS batch (update_id, user_id, body)
    ON CONFLICT (update_id) DO NOTHING
)
SELECT EXISTS (SELECT FROM reached)
