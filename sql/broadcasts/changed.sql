-- internal: what owners have read ahead of broadcasts is old, and the broadcaster looks
CREATE FUNCTION broadcasts_changed() RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_array(user_id, name)), '[]') || '[[0, "BroadcastOrders"]]'
    FROM staff, unnest(ARRAY['Broadcasts', 'BroadcastCase', 'AdminLog']) name
    WHERE staff.role = 'owner'
$$;
