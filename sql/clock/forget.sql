-- Deletes conversations that are over, unless their actors have written since: then they are not.
DELETE FROM conversations
WHERE user_id = ANY (:user_ids::bigint[])
    AND updated_at <= :aged_at AND (deadline IS NULL OR deadline <= :aged_at)
