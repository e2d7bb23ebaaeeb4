-- Telegram does not let us write into a group: it is told nothing more, until it takes the bot in again.
WITH over AS (DELETE FROM group_news WHERE group_id = :group_id)
UPDATE groups SET left_at = :at WHERE id = :group_id AND left_at IS NULL
