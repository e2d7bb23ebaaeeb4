-- Cash-outs that were requested, decided about or claimed before `since` and have not ended, and of which the staff has not been told
-- so: once, and once more for each claim, as nobody tries what somebody wanted to pay by hand.
SELECT id, key FROM cashouts c
CROSS JOIN LATERAL (SELECT 'stuck.' || c.id || coalesce('.' || extract(epoch FROM c.claimed_at)::bigint, '') AS key) k
WHERE ended_at IS NULL AND state <> 'awaiting_approval' AND coalesce(greatest(decided_at, claimed_at), created_at) <= :since::timestamptz
    AND NOT EXISTS (SELECT FROM requests r WHERE r.key = k.key)
ORDER BY id LIMIT 100
