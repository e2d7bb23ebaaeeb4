-- internal: these views of a person's, as an operation tells what it made old; a null among them is left out
-- Put together as text: an aggregate over pairs takes four times as long.
CREATE FUNCTION users_changed(p_user_id bigint, p_views text[]) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT ('[[' || p_user_id || ',"' || array_to_string(p_views, '"],[' || p_user_id || ',"') || '"]]')::jsonb
$$;
