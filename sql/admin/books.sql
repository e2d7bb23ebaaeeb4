-- Providers against the books, for the staff; no row for anybody else. Per provider and currency: what its events told, what
-- of that waits unapplied or went back without having been in the books, and what the clearing account says came in: the
-- same, or something is wrong. Below, a page of the payins of which a provider says other than we have.
-- Events are added up on from where console_count ended.
WITH told AS (
    SELECT provider, currency, sum(told) AS told, sum(waits) AS waits, sum(returned) AS returned
    FROM (
        SELECT provider, currency, moved AS told, 0 AS waits, 0 AS returned FROM told_counted
        UNION ALL
        SELECT provider, currency, moved, 0, 0 FROM provider_events
        WHERE transfer_id IS NOT NULL AND at >= coalesce((SELECT until FROM people_counted), '-infinity')
        UNION ALL
        SELECT e.provider, e.currency, x.amount, CASE WHEN x.ended_as IS NULL THEN x.amount ELSE 0 END,
            CASE WHEN x.ended_as IS NOT NULL AND x.ended_by IS NULL THEN x.amount ELSE 0 END
        FROM unapplied x JOIN provider_events e ON e.id = x.event_id
    ) parts
    GROUP BY provider, currency
), cleared AS (
    SELECT substr(kind, length('clearing:') + 1) AS provider, currency, -ledger_balance(kind, currency) AS came_in
    FROM accounts WHERE owner = 0 AND kind LIKE 'clearing:%'
), page AS MATERIALIZED (
    SELECT r.*, p.reference, p.user_id AS person_id, users_name(p.user_id) AS person
    FROM reconciliations r JOIN payins p ON p.id = r.payin_id
    WHERE r.settled_at IS NULL AND r.id > :after::bigint
    ORDER BY r.id LIMIT 7
)
SELECT
    coalesce((
        SELECT jsonb_agg(jsonb_build_object(
            'provider', provider, 'currency', currency, 'told', coalesce(told, 0)::text, 'waits', coalesce(waits, 0)::text,
            'returned', coalesce(returned, 0)::text, 'came_in', coalesce(came_in, 0)::text) ORDER BY provider, currency)
        FROM told FULL JOIN cleared USING (provider, currency)
        WHERE told <> 0 OR came_in <> 0), '[]') AS clearings,
    coalesce((
        SELECT jsonb_agg(jsonb_build_object(
            'id', id, 'at', at, 'provider', provider, 'reference', reference, 'currency', currency,
            'told', told::text, 'ours', ours::text, 'person_id', person_id, 'person', person) ORDER BY id)
        FROM (SELECT * FROM page ORDER BY id LIMIT 6) shown), '[]') AS differences,
    (SELECT CASE WHEN count(*) > 6 THEN (array_agg(id ORDER BY id))[6] END FROM page) AS next
FROM staff
WHERE staff.user_id = :user_id AND staff.role IN ('finance', 'owner')
