-- internal: the price in the middle, when at least p_sources of them and more than half of all are no further from it than sources
-- may be apart; else null. A minority that is wrong is outvoted: it neither stops anything nor moves the price by more than that.
-- Of an even number two are in the middle: the lower one counts, or (p_dear) the higher one, on which those who agree always lie.
CREATE FUNCTION rates_agreed(p_prices numeric[], p_sources int, p_dear boolean DEFAULT false) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN p_dear THEN dear ELSE middle END
    FROM (
        SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY price) AS middle, percentile_disc(0.5) WITHIN GROUP (ORDER BY price DESC) AS dear
        FROM unnest(p_prices) price) m
    WHERE (
        SELECT count(*) >= p_sources AND count(*) * 2 > cardinality(p_prices)
        FROM unnest(p_prices) price, terms t
        WHERE greatest(price, middle) <= least(price, middle) * (1 + t.rates_apart_percent * 0.01))
$$;
