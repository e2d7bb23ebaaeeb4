-- internal: what the clock does with a trade in that state when its time is over
CREATE FUNCTION trades_timer(p_state text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE p_state WHEN 'awaiting_payment' THEN 'expire' WHEN 'underpaid' THEN 'expire' WHEN 'paid' THEN 'unanswered'
                        WHEN 'accepted' THEN 'undelivered' WHEN 'delivered' THEN 'release' END
$$;
