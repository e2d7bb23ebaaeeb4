-- Ends all sessions of one of the staff, and their links; answers how many sessions.
WITH ended AS (
    UPDATE admin_sessions SET ended_at = :at WHERE user_id = :user_id AND ended_at IS NULL RETURNING id
), closed AS (
    UPDATE console_links SET used_at = :at WHERE user_id = :user_id AND used_at IS NULL
), recorded AS (
    INSERT INTO admin_actions (user_id, action, subject, why, at) SELECT :user_id, 'console_left', 'user ' || :user_id::bigint, '', :at
    FROM ended LIMIT 1
)
SELECT count(*)::int FROM ended
