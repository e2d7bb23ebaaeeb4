-- Adds up what happened in the hours that are over, of the last 31 days, up to ten minutes ago: whatever began before has committed.
-- And counts what is counted from the beginning. Two at once do no harm: they write the same.
CREATE FUNCTION console_roll(p_at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    low  timestamptz := greatest(
        (SELECT hour FROM activity_reached), date_trunc('hour', p_at - interval '31 days', 'UTC'));
    high timestamptz := date_trunc('hour', p_at - interval '10 minutes', 'UTC');
BEGIN
    INSERT INTO activity (kind, hour, n, usd)
    SELECT kind, date_trunc('hour', at, 'UTC'), count(*), sum(usd) FROM console_happened(low, high) GROUP BY 1, 2
    ON CONFLICT (kind, hour) DO UPDATE SET n = excluded.n, usd = excluded.usd;
    INSERT INTO activity_reached (hour) VALUES (high)
    ON CONFLICT (one) DO UPDATE SET hour = greatest(activity_reached.hour, excluded.hour);
    PERFORM console_count(p_at);
END
$$;
