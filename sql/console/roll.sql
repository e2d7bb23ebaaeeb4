-- Adds up what happened in the hours that are over, of the last 31 days, up to ten minutes ago: whatever began before has committed.
-- Two at once do no harm: they write the same.
CREATE FUNCTION console_roll(p_at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    low  timestamptz := greatest(
        (SELECT hour FROM activity_reached), date_trunc('hour', p_at - interval '31 days', 'UTC'));
    high timestamptz := date_trunc('hour', p_at - interval '10 minutes', 'UTC');
BEGIN
    INSERT INTO activity (kind, hour, n, usd)
    SELECT kind, date_trunc('hour', at, 'UTC'), count(*), sum(usd)
    FROM (
        SELECT 'trades' AS kind, created_at AS at, usd_worth AS usd FROM trades WHERE created_at >= low AND created_at < high
        UNION ALL
        SELECT 'volume', paid_at, usd_worth FROM trades WHERE paid_at >= low AND paid_at < high
        UNION ALL
        SELECT 'cashouts', created_at, coalesce(usd_worth, 0) FROM cashouts WHERE created_at >= low AND created_at < high
        UNION ALL
        SELECT 'deposits', at, 0 FROM provider_events WHERE at >= low AND at < high AND transfer_id IS NOT NULL) happened
    GROUP BY 1, 2
    ON CONFLICT (kind, hour) DO UPDATE SET n = excluded.n, usd = excluded.usd;
    INSERT INTO activity_reached (hour) VALUES (high)
    ON CONFLICT (one) DO UPDATE SET hour = greatest(activity_reached.hour, excluded.hour);
END
$$;
