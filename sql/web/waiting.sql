-- Since when the oldest update and the oldest notice wait to be handled.
SELECT
    (SELECT received_at FROM inbox ORDER BY update_id LIMIT 1) AS inbox_since,
    (SELECT min(due_at) FROM outbox WHERE sent_at IS NULL) AS outbox_since
