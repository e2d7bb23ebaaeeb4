-- What happened in each hour of the last day and each day of the last thirty, for the staff; no row for anybody else.
-- Hours that are rolled up are read from there, the last one or two from the rows themselves.
WITH reached AS (
    SELECT greatest(coalesce((SELECT hour FROM activity_reached), '-infinity'), date_trunc('hour', :at::timestamptz - interval '2 hours', 'UTC'))
        AS hour
), hours AS MATERIALIZED (
    SELECT kind, hour, n, usd FROM activity
    WHERE hour >= date_trunc('day', :at::timestamptz - interval '29 days', 'UTC') AND hour < (SELECT hour FROM reached)
    UNION ALL
    SELECT kind, date_trunc('hour', at, 'UTC'), count(*), sum(usd)
    FROM reached, console_happened(reached.hour, :at::timestamptz + interval '1 microsecond') GROUP BY 1, 2
)
SELECT
    (SELECT jsonb_agg(jsonb_build_object('kind', kind, 'at', slot, 'n', coalesce(n, 0), 'usd', coalesce(usd, 0)::text) ORDER BY kind, slot)
        FROM unnest(ARRAY['trades', 'volume', 'cashouts', 'deposits']) kind
        CROSS JOIN generate_series(date_trunc('hour', :at::timestamptz - interval '23 hours', 'UTC'), :at, interval '1 hour') slot
        LEFT JOIN (SELECT kind, hour AS slot, n, usd FROM hours) h USING (kind, slot)) AS day,
    (SELECT jsonb_agg(jsonb_build_object('kind', kind, 'at', slot, 'n', coalesce(n, 0), 'usd', coalesce(usd, 0)::text) ORDER BY kind, slot)
        FROM unnest(ARRAY['trades', 'volume', 'cashouts', 'deposits']) kind
        CROSS JOIN generate_series(date_trunc('day', :at::timestamptz - interval '29 days', 'UTC'), :at, interval '24 hours') slot
        LEFT JOIN (SELECT kind, date_trunc('day', hour, 'UTC') AS slot, sum(n)::bigint AS n, sum(usd) AS usd
            FROM hours GROUP BY 1, 2) d USING (kind, slot)) AS month
FROM staff
WHERE staff.user_id = :user_id
