-- internal: whether that is no message: nothing in it, too much, or a kind that is not passed on
CREATE FUNCTION support_is_bad(p_kind text, p_text text, p_file_id text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT p_kind NOT IN ('text', 'photo', 'document') OR (p_kind = 'text') <> (p_file_id = '')
        OR p_kind = 'text' AND p_text !~ '\S' OR length(p_text) > 1000
$$;
