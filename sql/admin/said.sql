-- internal: what the log keeps of how something was, without the signs of JSON; of several values each with its name
CREATE FUNCTION admin_said(p_held jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE jsonb_typeof(p_held)
        WHEN 'object' THEN (SELECT string_agg(replace(key, '_', ' ') || ': ' || value, ', ') FROM jsonb_each_text(p_held))
        ELSE p_held #>> '{}' END
$$;
