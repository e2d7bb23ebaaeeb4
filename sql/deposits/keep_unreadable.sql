-- Keeps an event that a provider signed and nobody could read, once, and tells those who run LockBay.
CREATE FUNCTION deposits_keep_unreadable(
    p_request_key text, p_at timestamptz, p_provider text, p_digest text, p_problem text, p_body bytea, p_headers text
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_digest, 'deposits/keep_unreadable', p_at);
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    INSERT INTO unreadable_events (provider, digest, problem, body, headers, at)
    VALUES (p_provider, p_digest, p_problem, p_body, p_headers, p_at);
    PERFORM admin_tell('unreadable', jsonb_build_object('provider', p_provider, 'problem', p_problem, 'digest', p_digest),
        format('unreadable.%s.%s', p_provider, p_digest), p_at);
    RETURN requests_finish(p_request_key, jsonb_build_object('answer', '{}'::jsonb, 'changed', '[]'::jsonb, 'told', 1));
END
$$;
