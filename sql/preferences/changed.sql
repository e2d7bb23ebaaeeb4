-- internal: every view of a person whose account was closed or opened again
CREATE FUNCTION preferences_changed(p_user_id bigint) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT jsonb_agg(jsonb_build_array(p_user_id, name))
    FROM unnest(ARRAY['Person', 'Preferences', 'Closing', 'Menu']) name
$$;
