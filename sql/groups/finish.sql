-- internal: the outcome of what was done about a group: the group as those who run it see it
CREATE FUNCTION groups_finish(p_request_key text, p_user_id bigint, p_group groups) RETURNS jsonb LANGUAGE sql AS $$
    SELECT requests_finish(p_request_key, jsonb_build_object(
        'answer', jsonb_build_object('slug', p_group.slug, 'title', p_group.title, 'topics', p_group.topics),
        'changed', jsonb_build_array(
            jsonb_build_array(p_user_id, 'GroupList'), jsonb_build_array(p_group.added_by, 'GroupList')),
        'told', 0))
$$;
