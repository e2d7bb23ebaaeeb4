-- Updates whose turns were not settled when the service stopped, in order, behind a given one. Not those that are to be tried again:
-- see retried.
SELECT update_id, body
FROM inbox
WHERE update_id > :after AND NOT again
ORDER BY update_id
LIMIT :most
