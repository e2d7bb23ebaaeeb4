-- A page of what was told of payouts and has to be looked into, the oldest first; no row for whoever is not of the staff.
WITH page AS MATERIALIZED (
    SELECT e.* FROM payout_alarms a JOIN payout_events e ON e.id = a.event_id
    WHERE a.ended_at IS NULL AND a.event_id > :after::bigint
    ORDER BY a.event_id LIMIT 7
)
SELECT
    coalesce((
        SELECT jsonb_agg(jsonb_build_object(
            'id', e.id, 'at', e.at, 'provider', e.provider, 'reference', e.reference, 'told', e.outcome, 'txid', e.txid,
            'cashout_id', c.id, 'slug', c.slug, 'state', c.state, 'amount', c.amount::text, 'currency', c.currency) ORDER BY e.id)
        FROM (SELECT * FROM page ORDER BY id LIMIT 6) e LEFT JOIN cashouts c ON c.id = e.cashout_id), '[]') AS alarms,
    (SELECT CASE WHEN count(*) > 6 THEN (array_agg(id ORDER BY id))[6] END FROM page) AS next
FROM staff
WHERE staff.user_id = :user_id AND staff.role IN ('finance', 'owner')
