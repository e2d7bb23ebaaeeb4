-- Puts a notice off that nobody has tried to tell yet. Those behind it do not wait for it: what is urgent overtakes it.
UPDATE outbox SET due_at = :due_at, planned_at = :at WHERE id = :id AND sent_at IS NULL AND attempts = 0 AND due_at IS NOT NULL
