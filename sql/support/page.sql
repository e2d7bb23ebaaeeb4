-- What a person has asked the staff, and what was answered: the ticket that they go on with when they write, if there is one, with the
-- ten messages up to `last`, 0 is the newest.
SELECT
    ticket.id AS ticket_id, ticket.slug, ticket.state,
    coalesce((SELECT max(n) FROM ticket_messages WHERE ticket_id = ticket.id), 0) AS newest,
    support_messages(ticket.id, :last, false) AS messages
FROM users u CROSS JOIN LATERAL support_current(u.id, :at) ticket
WHERE u.id = :user_id
