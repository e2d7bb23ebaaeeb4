-- The broadcast that is to be sent now: one at a time, the oldest that runs.
SELECT id, kind, text, file_id, at_user FROM broadcasts WHERE state = 'running' ORDER BY id LIMIT 1
