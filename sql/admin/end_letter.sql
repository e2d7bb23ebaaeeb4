-- An update that failed three times goes back into the inbox, for its sender's actor (p_retry), or is discarded with a reason.
-- What answered a question is not given to another one: whoever is in the middle of something is left alone.
CREATE FUNCTION admin_end_letter(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_update_id bigint, p_retry boolean, p_why text
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'admin/end_letter', p_at);
    letter  dead_letters;
    reason  text;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    SELECT * INTO letter FROM dead_letters WHERE update_id = p_update_id FOR UPDATE;
    reason := CASE
        WHEN NOT admin_may(p_user_id, 'support') THEN 'not_staff'
        WHEN letter.update_id IS NULL THEN 'wrong_state'
        WHEN NOT p_retry AND p_why !~ '\S' OR length(p_why) > 500 THEN 'bad_note'
        WHEN p_retry AND EXISTS (SELECT FROM conversations WHERE user_id = letter.user_id) THEN 'busy' END;
    IF reason IS NOT NULL THEN RETURN requests_refuse(p_request_key, reason); END IF;
    DELETE FROM dead_letters WHERE update_id = p_update_id;
    IF p_retry THEN
        INSERT INTO inbox (update_id, user_id, body, received_at, again)
        VALUES (letter.update_id, letter.user_id, letter.body, p_at, true) ON CONFLICT (update_id) DO UPDATE SET again = true;
    END IF;
    PERFORM admin_record(p_user_id, CASE WHEN p_retry THEN 'retry_update' ELSE 'discard_update' END, 'user ' || letter.user_id, p_why,
        jsonb_build_object('update_id', letter.update_id, 'error', left(letter.error, 300)), NULL, p_at);
    RETURN requests_finish(p_request_key, jsonb_build_object('answer', p_retry, 'told', 0, 'changed', admin_altered()
        || CASE WHEN p_retry THEN jsonb_build_array(jsonb_build_array(letter.user_id, 'Inbox')) ELSE '[]' END));
END
$$;
