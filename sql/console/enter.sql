-- A link becomes a session, once; no row: it is used, too old, not one of ours, or its owner is not of the staff any more.
-- The session of before, in the same browser, ends: nobody goes on in a session that somebody else has put there.
WITH used AS (
    UPDATE console_links SET used_at = :at
    WHERE hash = sha256(:secret::bytea || :link::bytea) AND used_at IS NULL AND expires_at > :at
        AND user_id IN (SELECT staff.user_id FROM staff)
        AND NOT EXISTS (SELECT FROM users WHERE users.id = console_links.user_id AND users.blocked_at IS NOT NULL)
    RETURNING user_id
), ended AS (
    UPDATE admin_sessions SET ended_at = :at WHERE hash = :before::bytea AND ended_at IS NULL AND EXISTS (SELECT FROM used)
), begun AS (
    INSERT INTO admin_sessions (user_id, hash, csrf, created_at, seen_at, expires_at)
    SELECT user_id, :session::bytea, :csrf::text, :at, :at, :at::timestamptz + interval '8 hours' FROM used
), recorded AS (
    INSERT INTO admin_actions (user_id, action, subject, why, at)
    SELECT user_id, 'console_entered', 'user ' || user_id, '', :at FROM used
)
SELECT user_id FROM used
