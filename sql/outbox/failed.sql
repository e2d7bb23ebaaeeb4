-- A notice that could not be told for now: when to try again, and why.
UPDATE outbox SET attempts = least(attempts + 1, 32767), due_at = :due_at, error = :error
WHERE id = :id AND sent_at IS NULL
