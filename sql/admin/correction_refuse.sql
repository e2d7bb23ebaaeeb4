-- internal: refuses a correction, and keeps that under its request key; of a limit of time with from when on it would be possible
CREATE FUNCTION admin_correction_refuse(p_request_key text, p_reason text, p_user_id bigint, p_correction corrections, p_at timestamptz)
RETURNS jsonb LANGUAGE sql AS $$
    SELECT requests_refuse(p_request_key, p_reason, jsonb_strip_nulls(jsonb_build_object('until', CASE p_reason
        WHEN 'role_new' THEN (SELECT added_at + interval '24 hours' FROM staff WHERE user_id = p_user_id)
        WHEN 'daily_limit' THEN admin_correction_possible(p_correction, p_at) END)))
$$;
