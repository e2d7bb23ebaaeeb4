-- internal: when the first of somebody's wrong tries does not count any more
CREATE FUNCTION codes_retry_at(p_user_id bigint, p_purpose text, p_at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT min(sent_at) + codes_window() FROM verifications
    WHERE user_id = p_user_id AND purpose = p_purpose AND tries > 0 AND sent_at > p_at - codes_window()
$$;
