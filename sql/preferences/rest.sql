-- When nothing sounds, in minutes of the person's day; null twice: never.
CREATE FUNCTION preferences_rest(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_begins int, p_ends int
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'preferences/rest', p_at);
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    IF (p_begins IS NULL) <> (p_ends IS NULL) OR p_begins = p_ends
        OR p_begins NOT BETWEEN 0 AND 1439 OR p_ends NOT BETWEEN 0 AND 1439 THEN
        RETURN requests_refuse(p_request_key, 'no_night', '{}');
    END IF;
    UPDATE users SET quiet_from = p_begins, quiet_until = p_ends WHERE id = p_user_id;
    RETURN preferences_finish(p_request_key, p_user_id);
END
$$;
