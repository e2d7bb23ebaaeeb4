-- Writes down who serves this bot from now on. Whoever asks holds the lock.
-- A row made here says nothing about Telegram's offset: 0 is where Telegram likes to begin.
INSERT INTO poller (bot_id, next_offset, at, holder)
VALUES (:bot_id, 0, :at, :holder)
ON CONFLICT (bot_id) DO UPDATE SET holder = excluded.holder
