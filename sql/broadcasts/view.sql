-- One broadcast, for owners; no row for anybody else. It waits while an older one is under way.
SELECT
    b.id, b.kind, b.text, b.file_id, b.audience, b.state, b.total, b.sent, b.blocked, b.failed, b.muted, b.unknown, b.at,
    coalesce(users_name(b.author), b.author::text) AS by, b.ended_at,
    b.state = 'running' AND EXISTS (SELECT FROM broadcasts o WHERE o.state = 'running' AND o.id < b.id) AS waits
FROM staff JOIN broadcasts b ON b.id = :broadcast_id::bigint
WHERE staff.user_id = :user_id AND staff.role = 'owner'
