-- internal: all that the staff has read ahead is old: one of them has changed something by hand
CREATE FUNCTION admin_altered() RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT admin_changed() || coalesce(jsonb_agg(jsonb_build_array(user_id, name)), '[]')
    FROM staff, unnest(ARRAY['People', 'Team', 'TermsBook', 'MaintenancePage', 'Corrections', 'CorrectionCase', 'PayoutEvent',
        'DeadLetter', 'Untold', 'AdminLog']) name
$$;
