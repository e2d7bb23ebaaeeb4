-- Telegram says that the bot came into a group, is something else there now, or is out of it.
-- Whoever brought it is asked what to announce: in their chat with us, where they have one, and `asked` says whether. A group that
-- takes the bot in again begins anew, with nothing announced. What Telegram said earlier and arrives later changes nothing.
CREATE FUNCTION groups_member(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_chat_id bigint, p_title text, p_is_in boolean,
    p_said_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'groups/member', p_at);
    was     groups;
    is_now  groups;
    asks    boolean := false;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    SELECT * INTO was FROM groups WHERE chat_id = p_chat_id FOR NO KEY UPDATE;
    IF p_said_at < was.heard_at OR was.id IS NULL AND NOT p_is_in THEN
        RETURN requests_refuse(p_request_key, 'no_news');
    END IF;
    IF NOT p_is_in THEN
        UPDATE groups SET left_at = coalesce(left_at, p_at), heard_at = p_said_at WHERE id = was.id RETURNING * INTO is_now;
        DELETE FROM group_news WHERE group_id = was.id;
    ELSIF was.id IS NOT NULL AND was.left_at IS NULL THEN
        UPDATE groups SET title = p_title, heard_at = p_said_at WHERE id = was.id RETURNING * INTO is_now;
    ELSE
        INSERT INTO groups (chat_id, slug, title, added_by, added_at, heard_at, next_at)
        VALUES (p_chat_id, substr(md5(gen_random_uuid()::text), 1, 12), p_title, p_user_id, p_at, p_said_at, p_at)
        ON CONFLICT (chat_id) DO UPDATE SET
            title = excluded.title, added_by = excluded.added_by, topics = '{}', added_at = excluded.added_at,
            heard_at = excluded.heard_at, left_at = NULL
        RETURNING * INTO is_now;
        asks := EXISTS (
            SELECT FROM users u WHERE id = p_user_id AND onboarded_at IS NOT NULL AND unreachable_at IS NULL AND users_barred(u) IS NULL);
        IF asks THEN
            PERFORM outbox_notice(p_user_id, 'group_added', jsonb_build_object('slug', is_now.slug, 'title', is_now.title),
                'group_added.' || p_request_key, p_at);
        END IF;
    END IF;
    RETURN requests_finish(p_request_key, jsonb_build_object(
        'answer', jsonb_build_object(
            'slug', is_now.slug, 'came', p_is_in AND (was.id IS NULL OR was.left_at IS NOT NULL), 'asked', asks),
        'changed', jsonb_build_array(
            jsonb_build_array(p_user_id, 'GroupList'), jsonb_build_array(is_now.added_by, 'GroupList')),
        'told', asks::int));
END
$$;
