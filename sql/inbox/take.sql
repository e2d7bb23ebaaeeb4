-- One user's stored updates behind a given one, in order; what was a dead letter is taken by again.sql.
SELECT body
FROM inbox
WHERE user_id = :user_id AND update_id > :after AND NOT again
ORDER BY update_id
LIMIT :most
