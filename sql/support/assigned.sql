-- internal: who of the staff looks after a ticket; null: nobody, or somebody who does not answer people any more
CREATE FUNCTION support_assigned(p_ticket tickets) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT p_ticket.assigned_to WHERE admin_may(p_ticket.assigned_to, 'support')
$$;
