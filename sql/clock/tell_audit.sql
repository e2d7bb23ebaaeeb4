-- Tells the owners that the audit found differences; answers how many. It moves nothing.
CREATE FUNCTION clock_tell_audit(
    p_request_key text, p_request_hash text, p_at timestamptz, p_differences int, p_kinds text, p_first text
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'clock/tell_audit', p_at);
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    PERFORM admin_tell('books_differ', jsonb_build_object('differences', p_differences, 'kinds', p_kinds, 'first', p_first),
        p_request_key, p_at, 'owner');
    RETURN requests_finish(p_request_key, jsonb_build_object('answer', p_differences, 'changed', '[]'::jsonb, 'told', 1));
END
$$;
