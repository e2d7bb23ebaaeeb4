-- Somebody as the staff names them: by @username or by Telegram's number. No row for anybody else, or when there is nobody.
SELECT u.id, users_name(u.id) AS name
FROM staff
JOIN users u ON u.id = CASE WHEN :handle::text ~ '^[0-9]{1,18}$' THEN nullif(:handle::text, '')::bigint
    ELSE (SELECT id FROM users WHERE lower(username) = lower(ltrim(:handle::text, '@')) LIMIT 1) END
WHERE staff.user_id = :user_id AND staff.role IN ('finance', 'owner')
