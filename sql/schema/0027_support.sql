-- What people ask the staff, and what the staff answers: one conversation is a ticket.

CREATE TABLE tickets (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slug        text NOT NULL UNIQUE,
    user_id     bigint NOT NULL REFERENCES users,
    state       text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed')),
    assigned_to bigint,  -- of the staff; who is none any more has nothing assigned
    opened_at   timestamptz NOT NULL,
    closed_at   timestamptz,
    closed_by   bigint,
    last_at     timestamptz NOT NULL,  -- the last message
    last_by     text NOT NULL CHECK (last_by IN ('user', 'staff')),
    waits_since timestamptz,  -- the first message that nobody of the staff has answered; null: none
    unread      int NOT NULL DEFAULT 0 CHECK (unread >= 0),  -- answers that the person has not looked at
    CHECK ((state = 'closed') = (closed_at IS NOT NULL)),
    CHECK ((closed_at IS NULL) = (closed_by IS NULL)),
    CHECK (waits_since IS NULL OR state = 'open')
) WITH (fillfactor = 80);
-- A person has one open ticket at most.
CREATE UNIQUE INDEX tickets_open ON tickets (user_id) WHERE state = 'open';
CREATE INDEX tickets_of_user ON tickets (user_id, id DESC);
CREATE INDEX tickets_unread ON tickets (user_id) WHERE unread > 0;
-- The staff's queue: those that wait for an answer first, the longest wait first.
CREATE INDEX tickets_queue ON tickets ((waits_since IS NULL), (coalesce(waits_since, last_at)), id) WHERE state = 'open';

CREATE TABLE ticket_messages (
    ticket_id bigint NOT NULL REFERENCES tickets,
    n         int NOT NULL CHECK (n > 0),  -- 1, 2, 3 … in each ticket, in the order of the commits
    author_id bigint NOT NULL,
    role      text NOT NULL CHECK (role IN ('user', 'staff')),
    kind      text NOT NULL CHECK (kind IN ('text', 'photo', 'document')),
    text      text NOT NULL CHECK (length(text) <= 1000),  -- of a photo or a document its caption
    file_id   text NOT NULL,  -- Telegram's
    at        timestamptz NOT NULL,
    PRIMARY KEY (ticket_id, n),
    CHECK ((kind = 'text') = (file_id = '')),
    CHECK (kind <> 'text' OR text ~ '\S')
);
CREATE INDEX ticket_messages_by_author ON ticket_messages (author_id, at) WHERE role = 'user';
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ticket_messages
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Which notice a message of Telegram shows: people answer one by replying to its message.
CREATE INDEX outbox_by_message ON outbox (user_id, message_id) WHERE message_id IS NOT NULL;
