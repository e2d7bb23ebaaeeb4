-- Somebody of the staff opens a closed ticket again.
CREATE FUNCTION support_reopen(p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_ticket_id bigint)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'support/reopen', p_at);
    ticket  tickets;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    IF NOT admin_may(p_user_id, 'support') THEN RETURN requests_refuse(p_request_key, 'not_staff'); END IF;
    ticket := support_lock(p_ticket_id);
    IF ticket.id IS NULL THEN RETURN requests_refuse(p_request_key, 'unknown_ticket'); END IF;
    IF ticket.state <> 'closed' THEN RETURN requests_refuse(p_request_key, 'wrong_state'); END IF;
    outcome := support_reopened(ticket, p_user_id, p_request_key, p_at);
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    RETURN requests_finish(p_request_key, jsonb_build_object(
        'answer', jsonb_build_object('ticket_id', ticket.id, 'slug', ticket.slug),
        'changed', support_changed(ticket.user_id), 'told', 0));
END
$$;
