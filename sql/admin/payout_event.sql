-- What was told of a payout, and what booking it would do to the money that left: for finance; no row for anybody else.
SELECT
    e.id, e.provider, e.txid, c.slug, c.state, c.currency, admin_event_amount(e) AS amount,
    CASE WHEN c.user_id = staff.user_id THEN 'own_cashout' ELSE admin_event_problem(e) END AS problem
FROM staff
JOIN payout_events e ON e.id = :event_id::bigint
JOIN cashouts c ON c.id = e.cashout_id
WHERE staff.user_id = :user_id AND staff.role IN ('finance', 'owner') AND e.outcome IN ('done', 'failed')
