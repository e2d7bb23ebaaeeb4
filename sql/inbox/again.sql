-- A user's updates that were in the dead letters and are to be tried again, in order. They stay as they are until their turns are
-- settled: an answer that gets lost is asked for again, and who asks knows which it has been given.
SELECT update_id, body
FROM inbox
WHERE user_id = :user_id AND again
ORDER BY update_id
