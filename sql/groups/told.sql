-- A group was told all up to one of its news, and hears no more before a time.
WITH over AS (DELETE FROM group_news WHERE group_id = :group_id AND id <= :last)
UPDATE groups SET next_at = :next_at WHERE id = :group_id
