-- internal: the outcome of a choice: what the person's rows say now, and who looks at them again
CREATE FUNCTION preferences_finish(p_request_key text, p_user_id bigint) RETURNS jsonb LANGUAGE sql AS $$
    SELECT requests_finish(p_request_key, jsonb_build_object(
        'answer', (SELECT jsonb_build_object('language', language, 'time_zone', time_zone) FROM users WHERE id = p_user_id),
        'changed', users_changed(p_user_id, ARRAY['Person', 'Preferences']),
        'told', 0))
$$;
