-- A page of the payments that fit nothing and wait for a decision, the oldest first, for finance; no row for anybody else.
WITH page AS MATERIALIZED (
    SELECT x.id, x.at, x.reason, x.amount, e.currency, e.user_id AS person_id, users_name(e.user_id) AS person
    FROM unapplied x JOIN provider_events e ON e.id = x.event_id
    WHERE x.ended_as IS NULL AND x.id > :after::bigint
    ORDER BY x.id LIMIT 9
)
SELECT
    coalesce((
        SELECT jsonb_agg(jsonb_build_object(
            'id', id, 'at', at, 'reason', reason, 'amount', amount::text, 'currency', currency,
            'person_id', person_id, 'person', person) ORDER BY id)
        FROM (SELECT * FROM page ORDER BY id LIMIT 8) shown), '[]') AS payments,
    (SELECT CASE WHEN count(*) > 8 THEN (array_agg(id ORDER BY id))[8] END FROM page) AS next,
    (SELECT count(*) FROM unapplied WHERE ended_as IS NULL)::int AS waiting
FROM staff
WHERE staff.user_id = :user_id AND staff.role IN ('finance', 'owner')
