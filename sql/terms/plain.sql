-- internal: a term's value as people of the staff exchange it: seconds where it is a duration
CREATE FUNCTION terms_plain(p_kind text, p_value text) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN p_kind = 'duration' THEN extract(epoch FROM p_value::interval)::bigint::text
        WHEN p_kind = 'choice' THEN p_value ELSE trim_scale(p_value::numeric)::text END
$$;
