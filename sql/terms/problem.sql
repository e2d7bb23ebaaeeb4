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
    IF bound.kind = 'choice' THEN RETURN NULL; END IF;
    IF p_value::numeric NOT BETWEEN bound.lowest AND bound.highest THEN RETURN 'bad_value'; END IF;
    held := to_jsonb((SELECT t FROM terms t)) || jsonb_build_object(p_name, p_value);
    RETURN (
        SELECT 'crossed' FROM (VALUES ('smallest_trade_usd', 'largest_trade_usd'), ('shortest_delivery_hours', 'longest_delivery_hours'),
            ('exchange_smallest_usd', 'exchange_largest_usd'), ('smallest_bank_deposit', 'largest_bank_deposit')) pair (one, other)
        WHERE p_name IN (one, other) AND (held->>one)::numeric > (held->>other)::numeric);
END
$$;
