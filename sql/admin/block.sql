-- The staff blocks a person (p_block), or lets them in again. A block ends nothing by itself: trades go on, money stays theirs. What
-- they wanted to cash out waits (sql/cashout/send.sql), and goes on when they are back.
-- Nobody blocks who runs LockBay: an owner takes their role first.
CREATE FUNCTION admin_block(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_person bigint, p_block boolean, p_why text
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'admin/block', p_at);
    person  users;
    reason  text;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    SELECT * INTO person FROM users WHERE id = p_person FOR NO KEY UPDATE;
    reason := CASE
        WHEN NOT admin_may(p_user_id, 'any') THEN 'not_staff'
        WHEN person.id IS NULL THEN 'unknown_person'
        WHEN p_why !~ '\S' OR length(p_why) > 500 THEN 'bad_note'
        WHEN p_block AND EXISTS (SELECT FROM staff WHERE user_id = p_person) THEN 'is_staff'
        WHEN (person.blocked_at IS NOT NULL) = p_block THEN 'wrong_state' END;
    IF reason IS NOT NULL THEN RETURN requests_refuse(p_request_key, reason); END IF;
    UPDATE users SET blocked_at = CASE WHEN p_block THEN p_at END, blocked_why = CASE WHEN p_block THEN p_why END WHERE id = p_person;
    IF NOT p_block THEN
        UPDATE cashouts SET ask_at = p_at
        WHERE user_id = p_person AND state = 'waiting' AND problem = 'blocked' AND claimed_by IS NULL;
    END IF;
    PERFORM admin_record(p_user_id, CASE WHEN p_block THEN 'block' ELSE 'unblock' END, 'user ' || p_person, p_why,
        to_jsonb(person.blocked_why), CASE WHEN p_block THEN to_jsonb(p_why) END, p_at);
    PERFORM outbox_notice(p_person, CASE WHEN p_block THEN 'blocked' ELSE 'unblocked' END, jsonb_build_object('why', p_why),
        'block.' || p_request_key, p_at);
    RETURN requests_finish(p_request_key, jsonb_build_object(
        'answer', p_block, 'changed', admin_altered() || jsonb_build_array(jsonb_build_array(p_person, 'Person')), 'told', 1));
END
$$;
