-- Who runs LockBay, for its owners; no row for anybody else.
SELECT jsonb_agg(jsonb_build_object(
    'id', s.user_id, 'name', coalesce(users_name(s.user_id), s.user_id::text), 'role', s.role, 'by_settings', s.by_settings,
    'added_by', coalesce(users_name(s.added_by), s.added_by::text), 'added_at', s.added_at)
    ORDER BY s.role = 'support', s.role = 'finance', s.user_id) AS members
FROM staff s
WHERE EXISTS (SELECT FROM staff viewer WHERE viewer.user_id = :user_id AND viewer.role = 'owner')
HAVING count(*) > 0
