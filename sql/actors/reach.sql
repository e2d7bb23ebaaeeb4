-- Whether Telegram lets us write to a person, and since when not.
UPDATE users SET unreachable_at = CASE WHEN :blocked::boolean THEN :at::timestamptz END
WHERE id = :user_id AND (unreachable_at IS NOT NULL) <> :blocked::boolean
