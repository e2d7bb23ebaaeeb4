-- internal: writes down what somebody of the staff did to what, and why
CREATE FUNCTION admin_record(
    p_user_id bigint, p_action text, p_subject text, p_why text, p_before jsonb, p_after jsonb, p_at timestamptz
) RETURNS void LANGUAGE sql AS $$
    INSERT INTO admin_actions (user_id, action, subject, why, before, after, at)
    VALUES (p_user_id, p_action, p_subject, p_why, p_before, p_after, p_at)
$$;
