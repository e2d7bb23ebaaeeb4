-- Whose updates were in the dead letters and are to be tried again.
SELECT DISTINCT user_id FROM inbox WHERE again
