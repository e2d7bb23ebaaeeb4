-- The trade in whose chat something was said that a message of ours told a person of, when they reply to it; no row: it told of
-- something else. Who did not get that message cannot name it.
SELECT (o.data ->> 'trade_id')::bigint AS trade_id
FROM outbox o
WHERE o.user_id = :user_id AND o.message_id = :message_id AND o.kind IN ('chat_message', 'dispute_message', 'dispute_said')
ORDER BY o.id DESC LIMIT 1
