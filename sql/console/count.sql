-- internal: counts people, and what providers told and was moved, up to ten minutes ago: whatever began before has committed. Everything anew each
-- time, so that nothing stays wrong: all there is, out of an index, without what is younger.
CREATE FUNCTION console_count(p_at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    high timestamptz := p_at - interval '10 minutes';
BEGIN
    INSERT INTO people_counted (until, users, onboarded)
    SELECT high, (SELECT count(*) FROM users) - (SELECT count(*) FROM users WHERE created_at >= high),
        (SELECT count(onboarded_at) FROM users) - (SELECT count(*) FROM users WHERE onboarded_at >= high)
    ON CONFLICT (one) DO UPDATE SET until = excluded.until, users = excluded.users, onboarded = excluded.onboarded;
    INSERT INTO told_counted (provider, currency, moved)
    SELECT provider, currency, sum(moved) FROM (
        SELECT provider, currency, sum(moved) AS moved FROM provider_events WHERE moved > 0 GROUP BY 1, 2
        UNION ALL
        SELECT provider, currency, -moved FROM provider_events WHERE transfer_id IS NOT NULL AND at >= high) every
    GROUP BY 1, 2
    ON CONFLICT (provider, currency) DO UPDATE SET moved = excluded.moved;
END
$$;
