-- Somebody writes to the staff: into their open ticket, into the one that was closed lately, which is open again then, or into a new one.
-- Whoever is blocked, has closed their account or has not accepted the terms can write, too: it is their way out.
CREATE FUNCTION support_say(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_kind text, p_text text, p_file_id text
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    most    CONSTANT int := 20;  -- a minute
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'support/say', p_at);
    ticket  tickets;
    began   text := 'resumed';
    number  int;
    heard   int;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    PERFORM FROM users WHERE id = p_user_id FOR NO KEY UPDATE;
    IF support_is_bad(p_kind, p_text, p_file_id) THEN
        RETURN requests_refuse(p_request_key, 'bad_message', jsonb_build_object('longest', '1000'));
    END IF;
    IF (SELECT count(*) FROM ticket_messages
        WHERE author_id = p_user_id AND role = 'user' AND at > p_at - interval '1 minute') >= most THEN
        RETURN requests_refuse(p_request_key, 'too_fast', jsonb_build_object('most', most::text));
    END IF;
    ticket := support_current(p_user_id, p_at);
    IF ticket.id IS NULL THEN
        began := 'opened';
        INSERT INTO tickets (slug, user_id, opened_at, last_at) VALUES (support_slug(), p_user_id, p_at, p_at)
        RETURNING * INTO ticket;
    ELSIF ticket.state = 'closed' THEN
        began := 'reopened';
    END IF;
    number := support_append(ticket.id, p_user_id, 'user', p_kind, p_text, p_file_id, p_at);
    UPDATE tickets SET state = 'open', closed_at = NULL, closed_by = NULL, last_at = p_at,
        waits_since = coalesce(waits_since, p_at), unread = 0
    WHERE id = ticket.id RETURNING * INTO ticket;
    heard := support_relay(ticket, number, began, p_at);
    RETURN requests_finish(p_request_key, jsonb_build_object(
        'answer', jsonb_build_object('ticket_id', ticket.id, 'slug', ticket.slug, 'n', number, 'began', began),
        'changed', support_changed(p_user_id), 'told', heard));
END
$$;
