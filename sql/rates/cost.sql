-- internal: the least amount of a currency that is worth p_worth at a price; p_scale and p_digits are the decimals of both
-- Nobody types 18 decimals: it has 8 at most. A division is rounded, so it only begins the search.
CREATE FUNCTION rates_cost(p_worth numeric, p_price numeric, p_scale int, p_digits int)
RETURNS numeric LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    places CONSTANT int := least(p_scale, 8);
    unit CONSTANT numeric := 10::numeric ^ -places;
    cost numeric := greatest(trunc((p_worth - 0.5 * 10::numeric ^ -p_digits) / p_price, places) - unit, 0);
BEGIN
    WHILE round(cost * p_price, p_digits) < p_worth LOOP
        cost := cost + unit;
    END LOOP;
    RETURN trim_scale(cost);
END
$$;
