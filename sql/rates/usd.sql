-- internal: what one unit costs in USD; null when fewer than p_sources that are fresh enough agree, or no more than half of them
-- A price in USDT counts by what the sources agree that a USDT costs in USD; while they do not, it does not count. p_dear: of two in
-- the middle the higher.
CREATE FUNCTION rates_usd(p_code text, p_at timestamptz, p_sources int DEFAULT 1, p_dear boolean DEFAULT false)
RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT rates_agreed(array_agg(price), p_sources, p_dear) FROM (
        SELECT price FROM rates_told(p_code, 'USD', p_at)
        UNION ALL
        SELECT price * rates_agreed((SELECT array_agg(price) FROM rates_told('USDT', 'USD', p_at)), p_sources, p_dear)
        FROM rates_told(p_code, 'USDT', p_at)) told
    WHERE price IS NOT NULL
$$;
