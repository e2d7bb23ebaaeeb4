-- Disputes that were opened before `since`, that nobody has decided, and of which the staff was not told so.
SELECT id, trade_id FROM disputes
WHERE resolved_at IS NULL AND alerted_at IS NULL AND opened_at <= :since::timestamptz
ORDER BY opened_at LIMIT 100
