-- A file was sent; or it never will be, and why.
UPDATE file_orders SET ended_at = :at, problem = :problem::text, attempts = attempts + 1 WHERE id = :order_id AND ended_at IS NULL
