-- internal: a cash-out that was told paid, and that nobody is asked to pay, waits for somebody of the staff; it is not tried by itself
-- The caller has locked it, and tells of it.
CREATE FUNCTION cashout_set_aside(p_cashout cashouts) RETURNS cashouts LANGUAGE sql AS $$
    UPDATE cashouts SET state = 'waiting', problem = 'told_paid', ask_at = NULL WHERE id = p_cashout.id RETURNING *
$$;
