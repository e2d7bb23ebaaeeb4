-- internal: whose move it is in a state; null in those that are an end, and while the staff has to decide
CREATE FUNCTION trades_turn(p_state text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN p_state IN ('awaiting_payment', 'underpaid', 'delivered') THEN 'buyer'
                WHEN p_state IN ('paid', 'accepted') THEN 'seller' END
$$;
