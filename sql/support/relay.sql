-- internal: tells the staff what a person wrote: whoever looks after the ticket, or all of support while nobody does; answers how many
CREATE FUNCTION support_relay(p_ticket tickets, p_n int, p_began text, p_at timestamptz) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    assigned CONSTANT bigint := support_assigned(p_ticket);
    told     jsonb;
    heard    int;
BEGIN
    SELECT jsonb_build_object(
        'ticket_id', p_ticket.id, 'slug', p_ticket.slug, 'n', n, 'began', p_began, 'assigned', assigned IS NOT NULL,
        'person', support_person(p_ticket.user_id), 'kind', kind, 'text', text, 'file_id', file_id)
    INTO told FROM ticket_messages WHERE ticket_id = p_ticket.id AND n = p_n;
    SELECT count(outbox_notice(
        user_id, 'ticket_message', told, format('ticket_message.%s.%s.%s', p_ticket.id, p_n, user_id), p_at)) INTO heard
    FROM staff
    WHERE CASE WHEN assigned IS NULL THEN admin_may(user_id, 'support') ELSE user_id = assigned END AND user_id <> p_ticket.user_id;
    RETURN heard;
END
$$;
