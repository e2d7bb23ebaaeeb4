-- internal: whether somebody runs LockBay in a role that has a power: any, support, finance or owner
CREATE FUNCTION admin_may(p_user_id bigint, p_power text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM staff WHERE user_id = p_user_id AND (p_power = 'any' OR role IN ('owner', p_power)))
$$;
