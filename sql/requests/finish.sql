-- internal: keeps the outcome of a request under its key, and returns it
CREATE FUNCTION requests_finish(p_key text, p_outcome jsonb)
RETURNS jsonb LANGUAGE sql AS $$
    UPDATE requests SET outcome = p_outcome WHERE key = p_key RETURNING outcome
$$;
