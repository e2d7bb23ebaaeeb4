-- Adds up what happened in the hours that are over, of the last 31 days, up to ten minutes ago: whatever began before has committed.
-- Two at once do no harm: they write the same.
WITH span AS (
    SELECT greatest(coalesce((SELECT hour FROM activity_reached), '-infinity'), date_trunc('hour', :at::timestamptz - interval '31 days', 'UTC'))
            AS low,
        date_trunc('hour', :at::timestamptz - interval '10 minutes', 'UTC') AS high
), happened AS (
    SELECT 'trades' AS kind, created_at AS at, usd_worth AS usd FROM trades
    WHERE created_at >= (SELECT low FROM span) AND created_at < (SELECT high FROM span)
    UNION ALL
    SELECT 'volume', paid_at, usd_worth FROM trades
    WHERE paid_at >= (SELECT low FROM span) AND paid_at < (SELECT high FROM span)
    UNION ALL
    SELECT 'cashouts', created_at, coalesce(usd_worth, 0) FROM cashouts
    WHERE created_at >= (SELECT low FROM span) AND created_at < (SELECT high FROM span)
    UNION ALL
    SELECT 'deposits', at, 0 FROM provider_events
    WHERE at >= (SELECT low FROM span) AND at < (SELECT high FROM span) AND transfer_id IS NOT NULL
), kept AS (
    INSERT INTO activity (kind, hour, n, usd)
    SELECT kind, date_trunc('hour', at, 'UTC'), count(*), sum(usd) FROM happened GROUP BY 1, 2
    ON CONFLICT (kind, hour) DO UPDATE SET n = excluded.n, usd = excluded.usd
)
INSERT INTO activity_reached (hour) SELECT high FROM span
ON CONFLICT (one) DO UPDATE SET hour = greatest(activity_reached.hour, excluded.hour)
