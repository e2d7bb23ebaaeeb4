-- internal: who of the staff looks after a ticket; null: nobody, somebody who does not answer people any more, or the one who asks: what
-- they write is told to whoever looks after it, and nobody would hear
CREATE FUNCTION support_assigned(p_ticket tickets) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT p_ticket.assigned_to WHERE p_ticket.assigned_to <> p_ticket.user_id AND admin_may(p_ticket.assigned_to, 'support')
$$;
