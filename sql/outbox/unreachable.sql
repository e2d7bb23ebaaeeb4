-- Telegram does not let us write to this person, since when.
UPDATE users SET unreachable_at = :at WHERE id = :user_id AND unreachable_at IS NULL
