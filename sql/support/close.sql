-- Closes a ticket: its person their own, somebody of the staff anybody's. The person hears of it when it was the staff.
CREATE FUNCTION support_close(p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_ticket_id bigint)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'support/close', p_at);
    ticket  tickets := support_lock(p_ticket_id);
    is_own  boolean := coalesce(ticket.user_id = p_user_id, false);
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    IF NOT is_own AND NOT admin_may(p_user_id, 'support') THEN RETURN requests_refuse(p_request_key, 'not_staff'); END IF;
    IF ticket.id IS NULL THEN RETURN requests_refuse(p_request_key, 'unknown_ticket'); END IF;
    IF ticket.state <> 'open' THEN RETURN requests_refuse(p_request_key, 'wrong_state'); END IF;
    UPDATE tickets SET state = 'closed', closed_at = p_at, closed_by = p_user_id, waits_since = NULL WHERE id = ticket.id;
    IF NOT is_own THEN
        PERFORM admin_record(p_user_id, 'ticket_close', 'ticket ' || ticket.id, '', jsonb_build_object('state', 'open'),
            jsonb_build_object('state', 'closed'), p_at);
        PERFORM outbox_notice(ticket.user_id, 'ticket_closed', jsonb_build_object('ticket_id', ticket.id, 'slug', ticket.slug),
            'ticket_closed.' || p_request_key, p_at);
    END IF;
    RETURN requests_finish(p_request_key, jsonb_build_object(
        'answer', jsonb_build_object('ticket_id', ticket.id, 'slug', ticket.slug),
        'changed', support_changed(ticket.user_id), 'told', CASE WHEN is_own THEN 0 ELSE 1 END));
END
$$;
