-- internal: what one unit is worth in USD, for limits, and what a trade counts for; null when nobody knows
-- The price that fresh sources agree on; while they do not, the highest that one of them said lately: a source that is wrong must
-- not let anybody past a limit.
CREATE FUNCTION rates_worth(p_code text, p_at timestamptz) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT coalesce(rates_usd(p_code, p_at), (
        SELECT max(price) FROM (
            SELECT DISTINCT ON (source) price FROM rates
            WHERE base = p_code AND quote = 'USD' AND at > p_at - (SELECT worth_age FROM terms) AND at <= p_at
            ORDER BY source, at DESC) last))
$$;
