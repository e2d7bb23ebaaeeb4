-- internal: the views that are old when a ticket of a person has moved: theirs, and the staff's
CREATE FUNCTION support_changed(p_user_id bigint) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_agg(jsonb_build_array(person, name)) FROM (
        SELECT p_user_id AS person, unnest(ARRAY['SupportPage', 'Menu']) AS name
        UNION
        SELECT user_id, unnest(ARRAY['TicketQueue', 'TicketPage', 'PersonTickets', 'AdminDashboard', 'Menu']) FROM staff) views
$$;
