-- Somebody hears a broadcast later: the outbox tells them, once.
INSERT INTO outbox (user_id, kind, data, dedup, created_at, due_at)
SELECT :user_id, 'announcement', jsonb_build_object('kind', b.kind, 'text', b.text, 'file_id', b.file_id),
    concat_ws('.', 'broadcast', b.id, 'to', :user_id::bigint), :at, :due_at
FROM broadcasts b
WHERE b.id = :broadcast_id
ON CONFLICT (dedup) DO NOTHING
