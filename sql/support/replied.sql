-- The ticket that a message of ours told a person of, when they reply to it; no row: it told of something else.
-- What they are to the ticket is said by the notice that they got: its own person, or somebody of the staff.
SELECT t.id AS ticket_id, t.user_id = o.user_id AND o.kind IN ('ticket_answer', 'ticket_closed') AS own
FROM outbox o JOIN tickets t ON t.id = (o.data ->> 'ticket_id')::bigint
WHERE o.user_id = :user_id AND o.message_id = :message_id
    AND o.kind IN ('ticket_message', 'ticket_assigned', 'ticket_answer', 'ticket_closed')
ORDER BY o.id DESC LIMIT 1
