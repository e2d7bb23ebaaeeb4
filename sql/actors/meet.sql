-- Makes or refreshes the row of a person from what Telegram says of them; who writes to us can be reached again.
INSERT INTO users (id, username, first_name, language, created_at)
VALUES (:user_id, :username, :first_name, :language, :at)
ON CONFLICT (id) DO UPDATE SET
    username = excluded.username, first_name = excluded.first_name, unreachable_at = NULL
