-- Takes a user's updates that were in the dead letters and are to be tried again, in order, each once. They stay in the inbox until
-- their turns are settled: after a restart they are taken up with all others.
WITH taken AS (
    UPDATE inbox SET again = false WHERE user_id = :user_id AND again RETURNING update_id, body
)
SELECT update_id, body FROM taken ORDER BY update_id
