-- Makes or refreshes the row of a person from what Telegram says of them, and answers as actors/load does; who writes to us can be
-- reached again.
WITH met AS (
    INSERT INTO users (id, username, first_name, language, created_at)
    VALUES (:user_id, :username, :first_name, :language, :at)
    ON CONFLICT (id) DO UPDATE SET
        username = excluded.username, first_name = excluded.first_name, unreachable_at = NULL
    RETURNING *
)
SELECT
    u.id AS user_id, u.username, u.first_name, u.language, u.time_zone,
    u.onboarded_at IS NOT NULL AS onboarded, u.blocked_at IS NOT NULL AS blocked,
    u.unreachable_at IS NOT NULL AS unreachable, u.closed_at IS NOT NULL AS closed, s.role,
    c.id AS conversation, c.flow, c.args, c.entries, c.question, c.deadline
FROM met u
LEFT JOIN staff s ON s.user_id = u.id
LEFT JOIN conversations c ON c.user_id = u.id
