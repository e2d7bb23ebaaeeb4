-- internal: writes a message into a ticket that is locked; answers its number
CREATE FUNCTION support_append(
    p_ticket_id bigint, p_author_id bigint, p_role text, p_kind text, p_text text, p_file_id text, p_at timestamptz
) RETURNS int LANGUAGE sql AS $$
    INSERT INTO ticket_messages (ticket_id, n, author_id, role, kind, text, file_id, at)
    SELECT p_ticket_id, coalesce(max(n), 0) + 1, p_author_id, p_role, p_kind, p_text, p_file_id, p_at
    FROM ticket_messages WHERE ticket_id = p_ticket_id
    RETURNING n
$$;
