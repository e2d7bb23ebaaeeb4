-- internal: whether whose cash-out it is has been blocked: nothing of theirs is sent then
CREATE FUNCTION cashout_blocked(p_cashout cashouts) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM users WHERE id = p_cashout.user_id AND blocked_at IS NOT NULL)
$$;
