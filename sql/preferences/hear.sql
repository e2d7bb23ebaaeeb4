-- A person does not want to hear of a topic any more, or wants to again. Which topics there are is for the caller to know.
CREATE FUNCTION preferences_hear(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_topic text, p_muted boolean
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'preferences/hear', p_at);
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    UPDATE users SET muted = array_remove(muted, p_topic) || CASE WHEN p_muted THEN ARRAY[p_topic] ELSE '{}' END
    WHERE id = p_user_id;
    RETURN preferences_finish(p_request_key, p_user_id);
END
$$;
