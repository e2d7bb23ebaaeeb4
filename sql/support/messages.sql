-- internal: the ten messages of a ticket up to one, 0 is the newest, the oldest of them first. Only the staff is told which of them wrote.
CREATE FUNCTION support_messages(p_ticket_id bigint, p_last bigint, p_for_staff boolean) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object(
        'n', n, 'role', role, 'author', CASE WHEN p_for_staff OR role = 'user' THEN coalesce(users_name(author_id), author_id::text) END,
        'kind', kind, 'text', text, 'file_id', file_id, 'at', at) ORDER BY n), '[]')
    FROM (
        SELECT * FROM ticket_messages
        WHERE ticket_id = p_ticket_id AND n <= CASE p_last WHEN 0 THEN 9223372036854775807 ELSE p_last END
        ORDER BY n DESC LIMIT 10) newest_ten
$$;
