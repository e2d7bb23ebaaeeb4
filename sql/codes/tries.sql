-- internal: how often a person has typed a wrong code lately, whatever code it was for
CREATE FUNCTION codes_tries(p_user_id bigint, p_purpose text, p_at timestamptz) RETURNS int LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(tries), 0)::int FROM codes_mistyped(p_user_id, p_purpose, p_at)
$$;
