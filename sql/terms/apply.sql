-- internal: makes the terms what the settings say, and above them what an owner changed
CREATE FUNCTION terms_apply(p_settings jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    names text := (SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
        WHERE attrelid = 'terms'::regclass AND attnum > 0 AND NOT attisdropped);
BEGIN
    PERFORM FROM terms FOR UPDATE;
    EXECUTE format('UPDATE terms t SET (%1$s) = (SELECT %1$s FROM jsonb_populate_record(t, $1))', names)
    USING p_settings || coalesce((SELECT jsonb_object_agg(name, value) FROM term_overrides), '{}')
        || jsonb_build_object('settings', p_settings);
END
$$;
