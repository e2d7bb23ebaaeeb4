-- A ticket with its person and the ten messages up to `last`, 0 is the newest, for the staff who answer people; no row for anybody else.
SELECT
    t.id, t.slug, t.state, t.waits_since, t.closed_at,
    coalesce(users_name(t.closed_by), t.closed_by::text) AS closed_by,
    support_person(t.user_id) AS person,
    assigned.id AS assigned_to, coalesce(users_name(assigned.id), assigned.id::text) AS assigned,
    coalesce((SELECT max(n) FROM ticket_messages WHERE ticket_id = t.id), 0) AS newest,
    support_messages(t.id, :last, true) AS messages,
    coalesce((
        SELECT jsonb_agg(jsonb_build_object('id', colleague.id, 'name', users_name(colleague.id)) ORDER BY colleague.id)
        FROM (
            SELECT u.id FROM staff s JOIN users u ON u.id = s.user_id
            WHERE s.role IN ('support', 'owner') AND u.id <> :user_id AND u.id <> t.user_id AND u.id IS DISTINCT FROM assigned.id
            ORDER BY u.id LIMIT 20) colleague), '[]') AS colleagues
FROM staff
JOIN tickets t ON t.id = :ticket_id
CROSS JOIN LATERAL (SELECT support_assigned(t) AS id) assigned
WHERE staff.user_id = :user_id AND staff.role IN ('support', 'owner')
