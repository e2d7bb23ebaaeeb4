-- internal: when the first of somebody's wrong tries does not count any more
CREATE FUNCTION codes_retry_at(p_user_id bigint, p_purpose text, p_at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT min(sent_at) + codes_window() FROM codes_mistyped(p_user_id, p_purpose, p_at)
$$;
