-- Since when the longest waiting notice waits; null when none does.
SELECT min(created_at) FROM outbox WHERE sent_at IS NULL
