-- internal: a cash-out that nobody is asked to pay waits for somebody of the staff, and is not tried by itself: it was told paid, or
-- (p_problem) whose it is has been blocked
-- The caller has locked it, and tells of it.
CREATE FUNCTION cashout_set_aside(p_cashout cashouts, p_problem text DEFAULT 'told_paid') RETURNS cashouts LANGUAGE sql AS $$
    UPDATE cashouts SET state = 'waiting', problem = p_problem, ask_at = NULL WHERE id = p_cashout.id RETURNING *
$$;
