-- A notice that could not be told for now: when to try again, and why. Whom it was paused for meanwhile waits until it goes on.
UPDATE outbox SET attempts = least(attempts + 1, 32767), error = :error, planned_at = :at,
    due_at = CASE WHEN due_at IS NOT NULL THEN :due_at::timestamptz END
WHERE id = :id AND sent_at IS NULL
