-- What waits until somebody lets it go on, and not for a time, is due at no time: an announcement that is paused.
ALTER TABLE outbox ALTER COLUMN due_at DROP NOT NULL;
UPDATE outbox SET due_at = NULL WHERE sent_at IS NULL AND kind = 'announcement' AND due_at > created_at + interval '36000 days';
