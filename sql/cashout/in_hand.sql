-- internal: whether somebody of the staff pays a cash-out by hand, within the hour in which they do so undisturbed
CREATE FUNCTION cashout_in_hand(p_cashout cashouts, p_at timestamptz) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(p_cashout.claimed_at > p_at - interval '1 hour', false)
$$;
