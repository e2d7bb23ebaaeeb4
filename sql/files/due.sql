-- Files that can be made now, the first that was asked for first, with how to speak with whom.
SELECT o.id, o.user_id, o.kind, o.format, o.about::text AS about, o.asked_at, o.attempts, u.first_name, u.username, u.language, u.time_zone
FROM file_orders o JOIN users u ON u.id = o.user_id
WHERE o.ended_at IS NULL AND o.due_at <= :at
ORDER BY o.id LIMIT 10
