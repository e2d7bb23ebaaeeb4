-- internal: somebody of the staff opens a ticket again that is locked and closed; null when that is done, else the refusal. What nobody
-- had answered waits again, since then.
CREATE FUNCTION support_reopened(p_ticket tickets, p_user_id bigint, p_request_key text, p_at timestamptz)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    other text;
BEGIN
    SELECT slug INTO other FROM tickets WHERE user_id = p_ticket.user_id AND state = 'open';
    IF other IS NOT NULL THEN
        RETURN requests_refuse(p_request_key, 'other_open', jsonb_build_object('slug', other));
    END IF;
    UPDATE tickets SET state = 'open', closed_at = NULL, closed_by = NULL, waits_since = (
        SELECT min(at) FROM ticket_messages WHERE ticket_id = p_ticket.id AND role = 'user' AND n > (
            SELECT coalesce(max(n), 0) FROM ticket_messages WHERE ticket_id = p_ticket.id AND role = 'staff'))
    WHERE id = p_ticket.id;
    PERFORM admin_record(p_user_id, 'ticket_reopen', 'ticket ' || p_ticket.id, '', jsonb_build_object('state', 'closed'),
        jsonb_build_object('state', 'open'), p_at);
    RETURN NULL;
END
$$;
