-- What a person chose for themselves, and what they have proven.
SELECT
    u.first_name, u.language, u.time_zone, u.muted, u.quiet_from, u.quiet_until,
    CASE WHEN u.email_verified_at IS NOT NULL THEN u.email END AS email, u.phone, u.is_public, u.may_announce, s.role
FROM users u
LEFT JOIN staff s ON s.user_id = u.id
WHERE u.id = :user_id
