-- internal: what was done something to, as people call it: a trade, a cash-out or a ticket by its code; anything else as it is written
CREATE FUNCTION admin_named(p_subject text) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce(CASE WHEN p_subject ~ '^(trade|cashout|ticket) [0-9]{1,18}$' THEN CASE split_part(p_subject, ' ', 1)
        WHEN 'trade' THEN (SELECT slug FROM trades WHERE id = split_part(p_subject, ' ', 2)::bigint)
        WHEN 'cashout' THEN (SELECT slug FROM cashouts WHERE id = split_part(p_subject, ' ', 2)::bigint)
        ELSE (SELECT slug FROM tickets WHERE id = split_part(p_subject, ' ', 2)::bigint) END END, p_subject)
$$;
