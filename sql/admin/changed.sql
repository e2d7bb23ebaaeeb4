-- internal: the staff's views that are old when an unapplied payment or a cash-out has moved
CREATE FUNCTION admin_changed() RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_array(user_id, name)), '[]')
    FROM staff, unnest(ARRAY['AdminDashboard', 'AdminBooks', 'UnappliedList', 'UnappliedPayment', 'PayableTrade', 'CashoutQueue',
        'CashoutCase', 'PayoutAlarms', 'Menu']) name
$$;
