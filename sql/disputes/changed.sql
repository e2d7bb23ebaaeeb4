-- internal: the staff's views that are old when a disputed trade has moved; none for a trade that never was disputed
CREATE FUNCTION disputes_changed(p_trade_id bigint) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_array(user_id, name)), '[]')
    FROM staff, unnest(ARRAY['AdminDashboard', 'DisputeQueue', 'DisputeCase', 'ChatPage', 'Menu']) name
    WHERE EXISTS (SELECT FROM disputes WHERE trade_id = p_trade_id)
$$;
