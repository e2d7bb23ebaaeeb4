-- What the two sides of a trade write to each other, and how far each has read. Issue 5's disputes add a third role.

CREATE TABLE chat_messages (
    trade_id  bigint NOT NULL REFERENCES trades,
    n         int NOT NULL CHECK (n > 0),  -- 1, 2, 3 … in each trade, in the order of the commits
    author_id bigint NOT NULL REFERENCES users,
    role      text NOT NULL CHECK (role IN ('buyer', 'seller')),
    kind      text NOT NULL CHECK (kind IN ('text', 'photo', 'document')),
    text      text NOT NULL CHECK (length(text) <= 1000),  -- of a photo or a document its caption
    file_id   text NOT NULL,  -- Telegram's
    at        timestamptz NOT NULL,
    PRIMARY KEY (trade_id, n),
    CHECK ((kind = 'text') = (file_id = '')),
    CHECK (kind <> 'text' OR text ~ '\S')
);
CREATE INDEX chat_messages_by_author ON chat_messages (trade_id, author_id, at);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON chat_messages
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Up to which message somebody has read. No row: nothing yet.
CREATE TABLE chat_seen (
    trade_id bigint NOT NULL REFERENCES trades,
    user_id  bigint NOT NULL REFERENCES users,
    n        int NOT NULL,
    PRIMARY KEY (trade_id, user_id)
) WITH (fillfactor = 80);
