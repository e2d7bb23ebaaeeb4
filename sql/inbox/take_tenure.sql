-- Writes down who serves this bot from now on. Whoever asks holds the lock.
-- FOR UPDATE: it waits for what the one before settles at this moment, and that for this; a mere update would not.
-- A row made here says nothing about Telegram's offset: 0 is where Telegram likes to begin.
WITH locked AS MATERIALIZED (
    SELECT FROM poller WHERE bot_id = :bot_id FOR UPDATE
)
INSERT INTO poller (bot_id, next_offset, at, holder)
SELECT :bot_id, 0, :at, :holder FROM (SELECT count(*) FROM locked) AS waited
ON CONFLICT (bot_id) DO UPDATE SET holder = excluded.holder
