-- Moves an update that failed too often out of the way, and where it was meant for a conversation ends that.
WITH gone AS (
    DELETE FROM inbox WHERE update_id = :update_id
), over AS (
    DELETE FROM conversations WHERE user_id = :user_id AND :ends::boolean
)
INSERT INTO dead_letters (update_id, user_id, body, error, at)
VALUES (:update_id, :user_id, :body, :error, :at)
ON CONFLICT (update_id) DO NOTHING
