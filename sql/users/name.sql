-- internal: what others see of a person: the @username, else the first name
CREATE FUNCTION users_name(p_user_id bigint) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce('@' || username, first_name) FROM users WHERE id = p_user_id
$$;
