-- Somebody of the staff gives a ticket to themselves or to another who answers people. p_was: who had it when they looked, 0 is nobody;
-- of two who take it at once one has it. Nobody looks after what they asked themselves.
CREATE FUNCTION support_assign(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_ticket_id bigint, p_was bigint, p_to bigint
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome  jsonb := requests_claim(p_request_key, p_request_hash, 'support/assign', p_at);
    ticket   tickets;
    assigned bigint;
    told     int := 0;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    IF NOT admin_may(p_user_id, 'support') THEN RETURN requests_refuse(p_request_key, 'not_staff'); END IF;
    IF NOT admin_may(p_to, 'support') THEN RETURN requests_refuse(p_request_key, 'not_theirs'); END IF;
    ticket := support_lock(p_ticket_id);
    IF ticket.id IS NULL THEN RETURN requests_refuse(p_request_key, 'unknown_ticket'); END IF;
    IF ticket.state <> 'open' THEN RETURN requests_refuse(p_request_key, 'wrong_state'); END IF;
    IF p_to = ticket.user_id THEN RETURN requests_refuse(p_request_key, 'own_ticket'); END IF;
    assigned := support_assigned(ticket);
    IF coalesce(assigned, 0) NOT IN (p_was, p_to) THEN
        RETURN requests_refuse(p_request_key, 'taken', jsonb_build_object('name', coalesce(users_name(assigned), assigned::text, '-')));
    END IF;
    IF assigned IS DISTINCT FROM p_to THEN
        UPDATE tickets SET assigned_to = p_to WHERE id = ticket.id;
        PERFORM admin_record(p_user_id, 'ticket_assign', 'ticket ' || ticket.id, '', jsonb_build_object('assigned_to', assigned),
            jsonb_build_object('assigned_to', p_to), p_at);
    END IF;
    IF assigned IS DISTINCT FROM p_to AND p_to <> p_user_id THEN
        PERFORM outbox_notice(p_to, 'ticket_assigned', jsonb_build_object('ticket_id', ticket.id, 'slug', ticket.slug,
            'person', support_person(ticket.user_id), 'by', coalesce(users_name(p_user_id), p_user_id::text)),
            'ticket_assigned.' || p_request_key, p_at);
        told := 1;
    END IF;
    RETURN requests_finish(p_request_key, jsonb_build_object(
        'answer', jsonb_build_object('ticket_id', ticket.id, 'slug', ticket.slug),
        'changed', support_changed(ticket.user_id), 'told', told));
END
$$;
