-- One correction, for finance; no row for anybody else. `mine`: who looks at it has proposed it; `is_own`: it is about them.
SELECT
    x.id, x.user_id AS person_id, users_name(x.user_id) AS person, c.slug, e.provider, e.outcome AS told, e.txid, x.currency, x.amount,
    x.usd_worth, x.why,
    CASE WHEN x.state = 'proposed' AND x.expires_at <= :at THEN 'expired' ELSE x.state END AS state,
    coalesce(users_name(x.proposed_by), x.proposed_by::text) AS proposed_by, x.proposed_at, x.expires_at,
    coalesce(users_name(x.decided_by), x.decided_by::text) AS decided_by, x.decided_at,
    x.unapplied_id, coalesce(users_name(paid.user_id), '') AS payer,
    x.proposed_by = staff.user_id AS mine, coalesce(x.user_id, c.user_id) = staff.user_id AS is_own
FROM staff
JOIN corrections x ON x.id = :correction_id::bigint
LEFT JOIN payout_events e ON e.id = x.event_id
LEFT JOIN cashouts c ON c.id = e.cashout_id
LEFT JOIN unapplied w ON w.id = x.unapplied_id
LEFT JOIN provider_events paid ON paid.id = w.event_id
WHERE staff.user_id = :user_id AND staff.role IN ('finance', 'owner')
