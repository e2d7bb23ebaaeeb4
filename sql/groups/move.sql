-- Telegram made a supergroup of a group: its chat has another id, and all else stays. What was heard of the new one before belongs to it.
CREATE FUNCTION groups_move(p_request_key text, p_request_hash text, p_at timestamptz, p_chat_id bigint, p_new_id bigint)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'groups/move', p_at);
    moved   groups;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    PERFORM FROM groups WHERE chat_id IN (p_chat_id, p_new_id) ORDER BY id FOR UPDATE;
    SELECT * INTO moved FROM groups WHERE chat_id = p_chat_id;
    IF moved.id IS NULL OR p_new_id >= 0 THEN RETURN requests_refuse(p_request_key, 'unknown_group'); END IF;
    DELETE FROM groups WHERE chat_id = p_new_id AND id <> moved.id;
    UPDATE groups SET chat_id = p_new_id, left_at = NULL WHERE id = moved.id RETURNING * INTO moved;
    RETURN groups_finish(p_request_key, moved.added_by, moved);
END
$$;
