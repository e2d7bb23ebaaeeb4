-- internal: the ticket that a person goes on with when they write now: the open one, else the last that was closed in the last
-- 7 days; nulls when their next message opens another
CREATE FUNCTION support_current(p_user_id bigint, p_at timestamptz) RETURNS tickets LANGUAGE sql STABLE AS $$
    SELECT * FROM tickets
    WHERE user_id = p_user_id AND (state = 'open' OR closed_at > p_at - interval '7 days')
    ORDER BY state = 'open' DESC, id DESC LIMIT 1
$$;
