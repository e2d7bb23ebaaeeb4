-- internal: a stored update as JSON; an empty object for what is none
CREATE FUNCTION admin_parsed(p_body bytea) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN convert_from(p_body, 'UTF8')::jsonb;
EXCEPTION WHEN data_exception THEN
    RETURN '{}';
END
$$;
