-- Who a person is and what they were in the middle of: all that an actor needs to begin.
SELECT
    u.id AS user_id, u.username, u.first_name, u.language, u.time_zone,
    u.onboarded_at IS NOT NULL AS onboarded, u.blocked_at IS NOT NULL AS blocked,
    u.unreachable_at IS NOT NULL AS unreachable, u.closed_at IS NOT NULL AS closed, s.role,
    c.id AS conversation, c.flow, c.args, c.entries, c.question, c.deadline
FROM users u
LEFT JOIN staff s ON s.user_id = u.id
LEFT JOIN conversations c ON c.user_id = u.id
WHERE u.id = :user_id
