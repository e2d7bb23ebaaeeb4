-- internal: what counts of a price that was promised until p_until, for what was seen at p_seen; null: there is none
-- A promise is for its time only: dust that keeps a trade open must not keep the price, or whoever pays could wait for a day and
-- take the better one, at our cost. After it the worse, for them, of that price and the one of now counts: while sources disagree
-- on that, the lowest that one of them says; the promised one when none says anything.
CREATE FUNCTION rates_promised(
    p_price numeric, p_until timestamptz, p_from text, p_to text, p_seen timestamptz, p_at timestamptz
) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN p_price IS NULL OR p_seen < p_until THEN p_price
        ELSE least(p_price, coalesce(rates_price(p_from, p_to, p_at), rates_lowest(p_from, p_to, p_at))) END
$$;
