-- internal: the codes for one purpose that a person has lately typed wrong, and that still count; a right one begins anew
CREATE FUNCTION codes_mistyped(p_user_id bigint, p_purpose text, p_at timestamptz) RETURNS SETOF verifications LANGUAGE sql STABLE AS $$
    SELECT * FROM verifications
    WHERE user_id = p_user_id AND purpose = p_purpose AND tries > 0 AND sent_at > p_at - codes_window()
        AND sent_at > coalesce((
            SELECT max(used_at) FROM verifications WHERE user_id = p_user_id AND purpose = p_purpose), '-infinity')
$$;
