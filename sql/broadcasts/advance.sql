-- What has become of those whom a broadcast was told, up to one of them. Done twice it counts once: the cursor has moved.
-- One that was paused or cancelled meanwhile counts as well. Its owner sees progress, every five seconds at most, and the end.
-- The outbox tells those of `later`, once each, unless the broadcast was cancelled: sql/broadcasts/steer.sql takes back what waits there,
-- and has it wait, due at no time, while the broadcast is paused.
WITH held AS MATERIALIZED (
    SELECT *, :is_over OR state <> 'running' OR told_at IS NULL OR told_at <= :at::timestamptz - interval '5 seconds' AS tell
    FROM broadcasts
    WHERE id = :broadcast_id AND at_user = :from_user AND NOT (:is_over AND state = 'done')
    FOR NO KEY UPDATE
), handed_over AS (
    INSERT INTO outbox (user_id, kind, data, dedup, created_at, due_at)
    SELECT later.user_id, 'announcement', jsonb_build_object('kind', held.kind, 'text', held.text, 'file_id', held.file_id),
        concat_ws('.', 'broadcast', held.id, 'to', later.user_id), :at, CASE WHEN held.state <> 'paused' THEN later.due_at END
    FROM held, unnest(:later::bigint[], :due::timestamptz[]) AS later (user_id, due_at)
    WHERE held.state <> 'cancelled'
    ON CONFLICT (dedup) DO NOTHING
    RETURNING id
), moved AS (
    UPDATE broadcasts b SET
        at_user = :to_user, sent = b.sent + :sent + (SELECT count(*) FROM handed_over), blocked = b.blocked + :blocked,
        failed = b.failed + :failed, muted = b.muted + :muted, unknown = b.unknown + :unknown,
        state = CASE WHEN :is_over AND b.ended_at IS NULL THEN 'done' ELSE b.state END,
        ended_at = CASE WHEN :is_over THEN coalesce(b.ended_at, :at::timestamptz) ELSE b.ended_at END,
        told_at = CASE WHEN tell THEN :at::timestamptz ELSE b.told_at END
    FROM held WHERE b.id = held.id
    RETURNING b, tell
), told AS (
    INSERT INTO outbox (user_id, kind, data, dedup, created_at, due_at, subject)
    SELECT (b).author, 'broadcast_progress', broadcasts_told(b), concat_ws('.', 'broadcast', (b).id, (b).at_user, (b).state), :at, :at,
        'broadcast.' || (b).id
    FROM moved WHERE tell
    ON CONFLICT (dedup) DO NOTHING
    RETURNING id
)
SELECT (b).state, EXISTS (SELECT FROM told) AS told,
    (SELECT coalesce(array_agg(user_id), '{}') FROM staff WHERE role = 'owner') AS owners
FROM moved
