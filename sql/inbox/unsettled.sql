-- Updates whose turns were not settled when the service stopped, in order, behind a given one.
SELECT update_id, body
FROM inbox
WHERE update_id > :after
ORDER BY update_id
LIMIT :most
