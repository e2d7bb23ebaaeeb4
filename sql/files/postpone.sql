-- A file could not be made or sent for now: when to try again, and why.
UPDATE file_orders SET due_at = :due_at, problem = :problem, attempts = attempts + 1 WHERE id = :order_id AND ended_at IS NULL
