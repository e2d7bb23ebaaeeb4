-- A payment that fitted nothing, with all that is known of it, for the staff; no row for anybody else.
SELECT
    x.id, x.at, x.reason, x.amount, e.currency, e.network, e.provider, e.event_id AS provider_id, e.address, e.txid,
    p.reference, admin_bookable(x.amount, e.currency) AS bookable,
    CASE WHEN u.id IS NOT NULL THEN jsonb_build_object('id', u.id, 'name', users_name(u.id)) END AS person,
    CASE WHEN t.id IS NOT NULL THEN jsonb_build_object(
        'id', t.id, 'slug', t.slug, 'state', t.state, 'payable', t.state IN ('awaiting_payment', 'underpaid')) END AS trade,
    CASE WHEN x.ended_as IS NOT NULL THEN jsonb_build_object(
        'how', x.ended_as, 'at', x.ended_at, 'by', coalesce(users_name(x.ended_by_user), x.ended_by_user::text),
        'person_id', x.user_id, 'person', users_name(x.user_id), 'trade_id', attached.id, 'slug', attached.slug, 'note', x.note) END AS ending,
    (SELECT max(id) FROM corrections WHERE unapplied_id = x.id AND state = 'proposed' AND expires_at > :at) AS correction_id
FROM staff
JOIN unapplied x ON x.id = :unapplied_id
JOIN provider_events e ON e.id = x.event_id
LEFT JOIN payins p ON p.id = e.payin_id
LEFT JOIN users u ON u.id = e.user_id
LEFT JOIN trades t ON t.id = p.trade_id
LEFT JOIN transfers moved ON moved.id = x.ended_by
LEFT JOIN trades attached ON attached.id = moved.trade_id
WHERE staff.user_id = :user_id AND staff.role IN ('finance', 'owner')
