-- Somebody wrote to the bot in a group: so it is there, whatever was heard of that before. Refused when somebody has written a moment
-- ago: whoever floods a group costs Telegram's patience with the bot nothing.
CREATE FUNCTION groups_see(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_chat_id bigint, p_title text, p_said_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'groups/see', p_at);
    found_  groups;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    PERFORM FROM groups WHERE chat_id = p_chat_id FOR NO KEY UPDATE;
    IF EXISTS (SELECT FROM groups WHERE chat_id = p_chat_id AND asked_at > p_at - interval '10 seconds') THEN
        RETURN requests_refuse(p_request_key, 'too_soon');
    END IF;
    INSERT INTO groups AS g (chat_id, slug, title, added_by, added_at, heard_at, next_at, asked_at)
    VALUES (p_chat_id, substr(md5(gen_random_uuid()::text), 1, 12), p_title, p_user_id, p_at, p_said_at, p_at, p_at)
    ON CONFLICT (chat_id) DO UPDATE SET
        title = excluded.title, asked_at = p_at, topics = CASE WHEN g.left_at IS NULL THEN g.topics ELSE '{}' END,
        left_at = CASE WHEN g.heard_at <= p_said_at THEN NULL ELSE g.left_at END
    RETURNING * INTO found_;
    RETURN groups_finish(p_request_key, p_user_id, found_);
END
$$;
