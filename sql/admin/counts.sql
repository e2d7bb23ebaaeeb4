-- internal: whether somebody of finance counts as one of the two who move money by hand: named by the settings, or in their role for a
-- day, in which the others have heard of it. Else an owner gives the second role to an account of their own.
CREATE FUNCTION admin_counts(p_user_id bigint, p_at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM staff
        WHERE user_id = p_user_id AND role IN ('finance', 'owner') AND (by_settings OR added_at <= p_at - interval '24 hours'))
$$;
