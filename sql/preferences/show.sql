-- Whether others can look a person up, and whether groups may be told of their trades.
CREATE FUNCTION preferences_show(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_is_public boolean, p_may_announce boolean
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'preferences/show', p_at);
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    UPDATE users SET is_public = coalesce(p_is_public, is_public), may_announce = coalesce(p_may_announce, may_announce)
    WHERE id = p_user_id;
    RETURN preferences_finish(p_request_key, p_user_id);
END
$$;
