-- internal: what one unit costs in USD, by every source that is fresh enough; null when there are fewer than p_sources or they
-- disagree
CREATE FUNCTION rates_usd(p_code text, p_at timestamptz, p_sources int DEFAULT 1) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN count(*) >= p_sources AND max(price) <= min(price) * (1 + terms.rates_apart_percent * 0.01)
        THEN percentile_disc(0.5) WITHIN GROUP (ORDER BY price) END
    FROM terms, LATERAL (
        SELECT DISTINCT ON (source) price FROM rates
        WHERE base = p_code AND quote = 'USD' AND at > p_at - terms.rate_age
        ORDER BY source, at DESC) latest
    GROUP BY terms.rates_apart_percent
$$;
