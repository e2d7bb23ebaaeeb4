-- internal: what one unit of p_from is in p_to; null when nobody can tell
-- Two sources that agree may be further apart than our spread: of what we take the lower price counts, of what we give the higher, or
-- whoever asks would be given the better one, at our cost. Divided with 40 decimals: amounts are cut, and 0.7 of 1/0.7 is 1.
CREATE FUNCTION rates_market(p_from text, p_to text, p_at timestamptz, p_sources int) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT round(rates_usd(p_from, p_at, p_sources), 40) / rates_usd(p_to, p_at, p_sources, true)
$$;
