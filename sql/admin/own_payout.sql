-- internal: whether what was told of a payout is about somebody's own cash-out: they decide nothing about it
CREATE FUNCTION admin_own_payout(p_user_id bigint, p_event_id bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM payout_events e JOIN cashouts c ON c.id = e.cashout_id WHERE e.id = p_event_id AND c.user_id = p_user_id)
$$;
