-- The state of the house, for its staff; no row for anybody else.
-- The update that asks for it waits, too, until it is answered: the viewer's own do not count.
-- People are counted on from where console_count ended.
WITH counted AS MATERIALIZED (
    SELECT coalesce(max(until), '-infinity') AS until, coalesce(max(users), 0) AS users, coalesce(max(onboarded), 0) AS onboarded
    FROM people_counted
), people AS MATERIALIZED (
    SELECT (users + (SELECT count(*) FROM users WHERE created_at >= counted.until))::int AS users,
        (onboarded + (SELECT count(*) FROM users WHERE onboarded_at >= counted.until))::int AS onboarded
    FROM counted
)
SELECT
    staff.role, (SELECT maintenance FROM house) AS maintenance,
    (SELECT users FROM people) AS users, (SELECT onboarded FROM people) AS onboarded,
    coalesce((
        SELECT jsonb_agg(jsonb_build_object('state', state, 'trades', trades) ORDER BY state)
        FROM (
            SELECT state, count(*) AS trades FROM trades WHERE due_at IS NOT NULL GROUP BY state
            UNION ALL SELECT 'disputed', count(*) FROM disputes WHERE resolved_at IS NULL HAVING count(*) > 0  -- no time runs there
        ) s), '[]') AS open_trades,
    coalesce((
        SELECT jsonb_agg(jsonb_build_object('currency', currency, 'amount', amount::text) ORDER BY currency)
        FROM (SELECT currency, sum(amount) AS amount FROM holds WHERE ended_by IS NULL GROUP BY currency) h), '[]') AS held,
    (SELECT count(*) FROM unapplied WHERE ended_as IS NULL)::int AS unapplied_count,
    (SELECT count(*) FROM reconciliations WHERE settled_at IS NULL)::int AS differences,
    coalesce((SELECT jsonb_agg(to_jsonb(a) ORDER BY a.provider) FROM provider_answers a), '[]') AS providers,
    (SELECT jsonb_build_object('approval', count(*) FILTER (WHERE state = 'awaiting_approval'),
            'waiting', count(*) FILTER (WHERE state = 'waiting'), 'unknown', count(*) FILTER (WHERE state = 'unknown'))
        FROM cashouts WHERE ended_at IS NULL) AS cashouts,
    (SELECT count(*) FROM payout_alarms WHERE ended_at IS NULL)::int AS payout_alarms,
    (SELECT count(*) FROM corrections WHERE state = 'proposed' AND expires_at > :at)::int AS corrections,
    (SELECT count(*) FROM tickets WHERE state = 'open' AND (waits_since IS NULL) = false)::int AS tickets,
    (SELECT count(*) FROM disputes WHERE resolved_at IS NULL)::int AS disputes,
    (SELECT count(*) FROM dead_letters)::int AS dead_letters,
    (SELECT min(received_at) FROM inbox WHERE user_id <> viewer.id) AS oldest_update_at,
    (SELECT min(due_at) FROM outbox WHERE sent_at IS NULL) AS oldest_notice_at
FROM users viewer JOIN staff ON staff.user_id = viewer.id
WHERE viewer.id = :user_id
