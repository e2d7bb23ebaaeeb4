-- internal: a ticket, with its person locked: whatever happens to the tickets of one person happens one after the other, so that
-- none of two is opened twice, and messages are numbered in the order of their commits. Nulls: there is no such ticket.
CREATE FUNCTION support_lock(p_ticket_id bigint) RETURNS tickets LANGUAGE plpgsql AS $$
DECLARE
    ticket tickets;
BEGIN
    PERFORM FROM users WHERE id = (SELECT user_id FROM tickets WHERE id = p_ticket_id) FOR NO KEY UPDATE;
    SELECT * INTO ticket FROM tickets WHERE id = p_ticket_id;
    RETURN ticket;
END
$$;
