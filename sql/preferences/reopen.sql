-- Opens an account again that its owner had closed. What others may see of them stays hidden until they choose otherwise.
CREATE FUNCTION preferences_reopen(p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'preferences/reopen', p_at);
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    UPDATE users SET closed_at = NULL WHERE id = p_user_id AND closed_at IS NOT NULL;
    IF NOT FOUND THEN RETURN requests_refuse(p_request_key, 'not_closed', '{}'); END IF;
    RETURN requests_finish(p_request_key, jsonb_build_object(
        'answer', jsonb_build_object('reopened_at', p_at), 'changed', preferences_changed(p_user_id), 'told', 0));
END
$$;
