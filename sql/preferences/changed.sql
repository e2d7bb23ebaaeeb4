-- internal: every view of a person whose account was closed or opened again
CREATE FUNCTION preferences_changed(p_user_id bigint) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT users_changed(p_user_id, ARRAY['Person', 'Preferences', 'Closing', 'Menu'])
$$;
