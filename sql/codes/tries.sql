-- internal: how often a person has typed a wrong code lately, whatever code it was for; a right one begins anew
CREATE FUNCTION codes_tries(p_user_id bigint, p_purpose text, p_at timestamptz) RETURNS int LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(tries), 0)::int FROM verifications
    WHERE user_id = p_user_id AND purpose = p_purpose AND sent_at > p_at - codes_window()
        AND sent_at > coalesce((
            SELECT max(used_at) FROM verifications WHERE user_id = p_user_id AND purpose = p_purpose), '-infinity')
$$;
