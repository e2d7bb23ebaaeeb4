-- A page of the cash-outs that wait for the staff, in one state or ('') in any, the oldest first; no row for anybody else.
WITH page AS MATERIALIZED (
    SELECT id, slug, created_at AS at, state, amount, currency, usd_worth, user_id AS person_id, users_name(user_id) AS person
    FROM cashouts
    WHERE ended_at IS NULL AND state IN ('awaiting_approval', 'waiting', 'unknown') AND :state::text IN ('', state)
        AND id > :after::bigint
    ORDER BY id LIMIT 9
)
SELECT
    coalesce((
        SELECT jsonb_agg(jsonb_build_object(
            'id', id, 'slug', slug, 'at', at, 'state', state, 'amount', amount::text, 'currency', currency,
            'usd_worth', usd_worth::text, 'person_id', person_id, 'person', person) ORDER BY id)
        FROM (SELECT * FROM page ORDER BY id LIMIT 8) shown), '[]') AS cashouts,
    (SELECT CASE WHEN count(*) > 8 THEN (array_agg(id ORDER BY id))[8] END FROM page) AS next,
    (SELECT jsonb_build_object('approval', count(*) FILTER (WHERE state = 'awaiting_approval'),
            'waiting', count(*) FILTER (WHERE state = 'waiting'), 'unknown', count(*) FILTER (WHERE state = 'unknown'))
        FROM cashouts WHERE ended_at IS NULL) AS counts
FROM staff
WHERE staff.user_id = :user_id AND staff.role IN ('finance', 'owner')
