-- internal: whether the last that somebody of the staff did about a cash-out was to begin to pay it by hand: they may have paid it
CREATE FUNCTION cashout_has_begun(p_cashout_id bigint, p_user_id bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce((
        SELECT action = 'claim_cashout' FROM admin_actions
        WHERE subject = 'cashout ' || p_cashout_id AND user_id = p_user_id AND action LIKE '%\_cashout'
        ORDER BY id DESC LIMIT 1), false)
$$;
