-- A page of corrections with who proposed and who decided them: the open ones, the oldest first behind `after`, or (`ended` 1) the
-- newest of the others before it; for finance, no row for anybody else.
WITH page AS MATERIALIZED (
    SELECT found.*, row_number() OVER (ORDER BY CASE :ended::bigint WHEN 0 THEN found.id ELSE -found.id END) AS place FROM (
        (SELECT * FROM corrections
            WHERE :ended::bigint = 0 AND state = 'proposed' AND expires_at > :at AND id > :after::bigint ORDER BY id LIMIT 26)
        UNION ALL
        (SELECT * FROM corrections WHERE :ended::bigint <> 0 AND (state <> 'proposed' OR expires_at <= :at)
            AND id < CASE :after::bigint WHEN 0 THEN 9223372036854775807 ELSE :after::bigint END ORDER BY id DESC LIMIT 26)) found
)
SELECT
    coalesce((
        SELECT jsonb_agg(jsonb_build_object(
            'id', p.id, 'person_id', p.user_id, 'person', users_name(p.user_id), 'cashout_id', c.id, 'slug', c.slug,
            'provider', e.provider, 'unapplied_id', p.unapplied_id, 'currency', p.currency, 'amount', p.amount::text, 'usd_worth', p.usd_worth::text, 'why', p.why,
            'state', CASE WHEN p.state = 'proposed' AND p.expires_at <= :at THEN 'expired' ELSE p.state END,
            'proposed_by', coalesce(users_name(p.proposed_by), p.proposed_by::text), 'proposed_at', p.proposed_at,
            'expires_at', p.expires_at, 'decided_by', coalesce(users_name(p.decided_by), p.decided_by::text),
            'decided_at', p.decided_at, 'transfer_id', p.transfer_id) ORDER BY place)
        FROM page p LEFT JOIN payout_events e ON e.id = p.event_id LEFT JOIN cashouts c ON c.id = e.cashout_id
        WHERE place <= 25), '[]') AS corrections,
    (SELECT id FROM page WHERE place = 25 AND EXISTS (SELECT FROM page WHERE place = 26)) AS next
FROM staff
WHERE staff.user_id = :user_id AND staff.role IN ('finance', 'owner')
