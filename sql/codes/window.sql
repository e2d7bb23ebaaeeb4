-- internal: for how long a wrong try counts: an hour, or as long as the code that it was for can be typed
CREATE FUNCTION codes_window() RETURNS interval LANGUAGE sql STABLE AS $$
    SELECT greatest(interval '1 hour', code_lifetime) FROM terms
$$;
