-- internal: keeps a refusal under its request key, and returns it; the caller has changed nothing
CREATE FUNCTION requests_refuse(p_key text, p_reason text, p_details jsonb DEFAULT '{}')
RETURNS jsonb LANGUAGE sql AS $$
    UPDATE requests SET outcome = jsonb_build_object('refused', p_reason, 'details', p_details)
    WHERE key = p_key RETURNING outcome
$$;
