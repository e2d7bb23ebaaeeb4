-- The terms as they hold, what the settings say, the network fees, and the last 50 changes of them: who, what, when and why. For owners;
-- no row for anybody else.
SELECT
    terms_listed() AS terms,
    terms_fees() AS fees,
    coalesce((
        SELECT jsonb_agg(jsonb_build_object(
            'id', a.id, 'subject', a.subject, 'by', coalesce(users_name(a.user_id), a.user_id::text), 'action', a.action, 'why', a.why,
            'before', coalesce(a.before->>'fee', a.before #>> '{}'), 'after', coalesce(a.after->>'fee', a.after #>> '{}'),
            'least_before', a.before->>'least', 'least_after', a.after->>'least', 'at', a.at) ORDER BY a.id DESC)
        FROM (
            SELECT each.* FROM (
                SELECT 'terms ' || name AS subject FROM terms_bounds() WHERE in_chat
                UNION ALL SELECT format('fee %s %s', currency, network) FROM payout_fees) subjects
            CROSS JOIN LATERAL (
                SELECT * FROM admin_actions WHERE admin_actions.subject = subjects.subject ORDER BY id DESC LIMIT 50) each
            ORDER BY each.id DESC LIMIT 50) a), '[]') AS changes
FROM staff
WHERE staff.user_id = :user_id AND staff.role = 'owner'
