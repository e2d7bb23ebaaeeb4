-- internal: the next p_most trades after p_id that have a deadline, in their order
-- Each state by its index: what is over lies in between, and there is ever more of it.
CREATE FUNCTION trades_open_after(p_id bigint, p_most int) RETURNS bigint[] LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(id ORDER BY id), '{}') FROM (
        SELECT next.id
        FROM unnest(ARRAY['awaiting_payment', 'underpaid', 'paid', 'accepted', 'delivered']) open (state)
        CROSS JOIN LATERAL (SELECT t.id FROM trades t WHERE t.state = open.state AND t.id > p_id ORDER BY t.id LIMIT p_most) next
        ORDER BY next.id LIMIT p_most
    ) nearest
$$;
