-- Notices that show how one thing goes on take each other's place in the chat: `subject` is that thing, NULL for news of
-- its own; `message_id` is the message that shows what Telegram was told.
ALTER TABLE outbox ADD COLUMN subject text, ADD COLUMN message_id bigint;
CREATE INDEX outbox_shown ON outbox (user_id, subject, id) WHERE subject IS NOT NULL AND message_id IS NOT NULL;
