-- Whether LockBay is open, and the last 50 times that it was closed or opened: who, when, why, and what people were told. For owners; no
-- row for anybody else.
SELECT
    house.maintenance, house.maintenance_since AS since,
    coalesce((
        SELECT jsonb_agg(jsonb_build_object(
            'id', id, 'by', coalesce(users_name(user_id), user_id::text), 'action', action, 'why', why, 'told', after #>> '{}', 'at', at)
            ORDER BY id DESC)
        FROM (SELECT * FROM admin_actions WHERE subject = 'house' ORDER BY id DESC LIMIT 50) last), '[]') AS changes
FROM staff, house
WHERE staff.user_id = :user_id AND staff.role = 'owner'
