-- One user's stored updates behind a given one, in order.
SELECT body
FROM inbox
WHERE user_id = :user_id AND update_id > :after
ORDER BY update_id
LIMIT :most
