-- Somebody of the staff answers a person. Whose ticket nobody looked after is theirs then; one that was closed is open again.
-- Whoever answers what they asked themselves does not take it: somebody else has to hear of it.
-- Two at once: both answers go out, one after the other, and the second author hears of the first (`also`).
CREATE FUNCTION support_answer(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_ticket_id bigint,
    p_kind text, p_text text, p_file_id text
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome  jsonb := requests_claim(p_request_key, p_request_hash, 'support/answer', p_at);
    ticket   tickets;
    assigned bigint;
    took     boolean;
    also     text;
    number   int;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    IF NOT admin_may(p_user_id, 'support') THEN RETURN requests_refuse(p_request_key, 'not_staff'); END IF;
    ticket := support_lock(p_ticket_id);
    IF ticket.id IS NULL THEN RETURN requests_refuse(p_request_key, 'unknown_ticket'); END IF;
    IF support_is_bad(p_kind, p_text, p_file_id) THEN
        RETURN requests_refuse(p_request_key, 'bad_message', jsonb_build_object('longest', '1000'));
    END IF;
    IF ticket.state = 'closed' THEN
        outcome := support_reopened(ticket, p_user_id, p_request_key, p_at);
        IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    END IF;
    assigned := support_assigned(ticket);
    took := assigned IS NULL AND p_user_id <> ticket.user_id;
    IF took THEN
        PERFORM admin_record(p_user_id, 'ticket_assign', 'ticket ' || ticket.id, '', jsonb_build_object('assigned_to', NULL),
            jsonb_build_object('assigned_to', p_user_id), p_at);
    END IF;
    SELECT users_name(author_id) INTO also FROM ticket_messages m
    WHERE ticket_id = ticket.id AND role = 'staff' AND author_id <> p_user_id
        AND n > (SELECT max(n) FROM ticket_messages WHERE ticket_id = ticket.id AND role = 'user')
    ORDER BY n DESC LIMIT 1;
    number := support_append(ticket.id, p_user_id, 'staff', p_kind, p_text, p_file_id, p_at);
    UPDATE tickets SET assigned_to = CASE WHEN took THEN p_user_id ELSE assigned END, last_at = p_at, waits_since = NULL,
        unread = unread + 1
    WHERE id = ticket.id;
    PERFORM outbox_notice(ticket.user_id, 'ticket_answer', jsonb_build_object(
        'ticket_id', ticket.id, 'slug', ticket.slug, 'n', number, 'kind', p_kind, 'text', p_text, 'file_id', p_file_id),
        format('ticket_answer.%s.%s', ticket.id, number), p_at);
    RETURN requests_finish(p_request_key, jsonb_build_object(
        'answer', jsonb_build_object(
            'ticket_id', ticket.id, 'slug', ticket.slug, 'n', number, 'person', users_name(ticket.user_id), 'also', also,
            'took', took, 'reopened', ticket.state = 'closed'),
        'changed', support_changed(ticket.user_id), 'told', 1));
END
$$;
