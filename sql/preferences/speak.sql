-- A person chooses their language; "" leaves it as it is, and so for the time zone.
CREATE FUNCTION preferences_speak(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_language text, p_time_zone text
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'preferences/speak', p_at);
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    IF p_language !~ '^([a-z]{2,3}(-[a-z]{2,4})?)?$' THEN RETURN requests_refuse(p_request_key, 'unknown_language', '{}'); END IF;
    IF p_time_zone <> '' THEN
        BEGIN
            PERFORM p_at AT TIME ZONE p_time_zone;
        EXCEPTION WHEN invalid_parameter_value THEN
            RETURN requests_refuse(p_request_key, 'unknown_zone', '{}');
        END;
    END IF;
    UPDATE users SET language = coalesce(nullif(p_language, ''), language), time_zone = coalesce(nullif(p_time_zone, ''), time_zone)
    WHERE id = p_user_id;
    RETURN preferences_finish(p_request_key, p_user_id);
END
$$;
