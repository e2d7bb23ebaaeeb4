-- internal: what a correction is about, as the log of the staff names it
CREATE FUNCTION admin_correction_subject(p_correction corrections) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce('user ' || p_correction.user_id,
        'cashout ' || (SELECT cashout_id FROM payout_events WHERE id = p_correction.event_id))
$$;
