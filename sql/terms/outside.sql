-- The bounds of those of these terms that are outside them; durations are in seconds.
CREATE FUNCTION terms_outside(p_values jsonb) RETURNS TABLE (name text, kind text, lowest numeric, highest numeric, off boolean)
LANGUAGE sql IMMUTABLE AS $$
    SELECT b.name, b.kind, b.lowest, b.highest, b.off
    FROM terms_bounds() b CROSS JOIN LATERAL (
        SELECT CASE WHEN b.kind <> 'choice' THEN (p_values->>b.name)::numeric END AS value) said
    WHERE said.value NOT BETWEEN b.lowest AND b.highest AND NOT (b.off AND said.value = 0)
    ORDER BY b.name
$$;
