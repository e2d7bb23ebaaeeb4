-- A page of the broadcasts, the newest first, for owners; no row for anybody else. The oldest that runs is the one that is sent.
WITH page AS MATERIALIZED (
    SELECT id FROM broadcasts
    WHERE id < CASE :before::bigint WHEN 0 THEN 9223372036854775807 ELSE :before::bigint END
    ORDER BY id DESC LIMIT 7
)
SELECT
    coalesce((
        SELECT jsonb_agg(broadcasts_told(b) || jsonb_build_object('at', b.at,
            'waits', b.state = 'running' AND EXISTS (SELECT FROM broadcasts o WHERE o.state = 'running' AND o.id < b.id)) ORDER BY b.id DESC)
        FROM (SELECT id FROM page ORDER BY id DESC LIMIT 6) shown JOIN broadcasts b USING (id)), '[]') AS broadcasts,
    (SELECT CASE WHEN count(*) > 6 THEN (array_agg(id ORDER BY id DESC))[6] END FROM page) AS next
FROM staff
WHERE staff.user_id = :user_id AND staff.role = 'owner'
