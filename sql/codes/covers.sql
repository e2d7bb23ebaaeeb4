-- internal: whether a code whose mail named one thing lets another out: it is no more, and goes nowhere else.
-- Both null: it proves an address.
CREATE FUNCTION codes_covers(p_named jsonb, p_outgoing jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT (p_named - 'net') IS NOT DISTINCT FROM (p_outgoing - 'net')
        AND coalesce((p_outgoing ->> 'net')::numeric <= (p_named ->> 'net')::numeric, true)
$$;
