-- Who could get an unapplied payment, by @username or by Telegram's number, and whether that takes two of finance; for finance, no row for
-- anybody else, or when there is nobody.
SELECT u.id, users_name(u.id) AS name, admin_needs_second(x, e, u.id, :at) AS needs_second
FROM staff
JOIN unapplied x ON x.id = :unapplied_id::bigint
JOIN provider_events e ON e.id = x.event_id
JOIN users u ON u.id = CASE WHEN :handle::text ~ '^[0-9]{1,18}$' THEN nullif(:handle::text, '')::bigint
    ELSE (SELECT id FROM users WHERE lower(username) = lower(ltrim(:handle::text, '@')) LIMIT 1) END
WHERE staff.user_id = :user_id AND staff.role IN ('finance', 'owner')
