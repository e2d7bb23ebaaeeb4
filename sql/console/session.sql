-- Whose session a cookie is, and in which role they are now; no row: it is over, or its owner is not of the staff any more.
-- It is over half an hour after somebody last looked (`touches`: a page that renews itself is nobody looking), and after eight hours.
WITH found AS (
    SELECT s.id, s.user_id, s.csrf, s.seen_at, staff.role, coalesce(users_name(s.user_id), s.user_id::text) AS name
    FROM admin_sessions s JOIN staff ON staff.user_id = s.user_id
    WHERE s.hash = :hash::bytea AND s.ended_at IS NULL AND s.expires_at > :at AND s.seen_at > :at::timestamptz - interval '30 minutes'
        AND NOT EXISTS (SELECT FROM users WHERE users.id = s.user_id AND users.blocked_at IS NOT NULL)
), touched AS (
    UPDATE admin_sessions SET seen_at = :at FROM found
    WHERE admin_sessions.id = found.id AND :touches::boolean AND found.seen_at < :at::timestamptz - interval '20 seconds'
)
SELECT id, user_id, csrf, role, name FROM found
