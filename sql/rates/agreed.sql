-- internal: the price in the middle, when at least p_sources of them and more than half of all are no further from it than sources
-- may be apart; else null. A minority that is wrong is outvoted: it neither stops anything nor moves the price by more than that.
CREATE FUNCTION rates_agreed(p_prices numeric[], p_sources int) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT middle FROM (SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY price) AS middle FROM unnest(p_prices) price) m
    WHERE (
        SELECT count(*) >= p_sources AND count(*) * 2 > cardinality(p_prices)
        FROM unnest(p_prices) price, terms t
        WHERE greatest(price, middle) <= least(price, middle) * (1 + t.rates_apart_percent * 0.01))
$$;
