-- Moves an update that failed too often out of the way, and where it was meant for a conversation ends that. Answers whether it did:
-- not when another service has the tenure; see settle.
WITH lost AS MATERIALIZED (
    SELECT holder <> :holder AS lost FROM poller WHERE bot_id = :bot_id FOR KEY SHARE
), ours AS MATERIALIZED (
    SELECT NOT coalesce(bool_or(lost), false) AS ours FROM lost
), gone AS (
    DELETE FROM inbox WHERE update_id = :update_id AND (SELECT ours FROM ours)
), over AS (
    DELETE FROM conversations WHERE user_id = :user_id AND :ends::boolean AND (SELECT ours FROM ours)
), buried AS (
    INSERT INTO dead_letters (update_id, user_id, body, error, at)
    SELECT :update_id, :user_id, :body, :error, :at FROM ours WHERE ours
    ON CONFLICT (update_id) DO NOTHING
)
SELECT ours FROM ours
