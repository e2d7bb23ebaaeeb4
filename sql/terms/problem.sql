-- internal: what is wrong with a new value of a term, with all others as they are; null: nothing
CREATE FUNCTION terms_problem(p_name text, p_value text) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    bound record;
    held  jsonb;
BEGIN
    SELECT * INTO bound FROM terms_bounds() b WHERE b.name = p_name;
    IF NOT (CASE bound.kind
        WHEN 'choice' THEN p_value IN ('verified', 'never')
        WHEN 'count' THEN p_value ~ '^[0-9]{1,9}$' WHEN 'duration' THEN p_value ~ '^[0-9]{1,9}$'
        ELSE p_value ~ '^[0-9]{1,15}(\.[0-9]{1,6})?$' END) THEN
        RETURN 'bad_value';
    END IF;
    IF EXISTS (SELECT FROM terms_outside(jsonb_build_object(p_name, p_value))) THEN RETURN 'bad_value'; END IF;
    held := to_jsonb((SELECT t FROM terms t)) || jsonb_build_object(p_name, p_value);
    RETURN (SELECT 'crossed' FROM terms_crossed(held) pair WHERE p_name IN (pair.smaller, pair.larger));
END
$$;
