-- Cash-outs that were requested or approved before `since` and have not ended, and of which the staff has not been told so.
SELECT id FROM cashouts c
WHERE ended_at IS NULL AND state <> 'awaiting_approval' AND coalesce(decided_at, created_at) <= :since::timestamptz
    AND NOT EXISTS (SELECT FROM requests WHERE key = 'stuck.' || c.id)
ORDER BY id LIMIT 100
