-- internal: what one unit of p_from is in p_to; null when not as many sources agree as an exchange needs
-- Two sources that agree may be further apart than our spread: of what we take the lower price counts, of what we give the higher, or
-- whoever asks would be given the better one, at our cost. Divided with 40 decimals: amounts are cut.
CREATE FUNCTION rates_market(p_from text, p_to text, p_at timestamptz) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT round(rates_usd(p_from, p_at, exchange_sources), 40) / rates_usd(p_to, p_at, exchange_sources, true) FROM terms
$$;
