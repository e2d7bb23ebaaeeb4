-- What carries updates in and notices out: the inbox, the journals of running conversations, the outbox, dead letters.

-- An update of Telegram from the moment it is received until its turn is settled.
CREATE TABLE inbox (
    update_id   bigint PRIMARY KEY,
    user_id     bigint NOT NULL,
    partition   smallint NOT NULL GENERATED ALWAYS AS ((user_id & 255)::smallint) STORED,
    body        bytea NOT NULL,
    received_at timestamptz NOT NULL
);
CREATE INDEX inbox_of_user ON inbox (user_id, update_id);

-- How far a bot's updates are stored: the offset of its next getUpdates.
CREATE TABLE poller (
    bot_id      bigint PRIMARY KEY,
    next_offset bigint NOT NULL,
    at          timestamptz NOT NULL
);

-- Updates that failed three times, for the people who run LockBay.
CREATE TABLE dead_letters (
    update_id bigint PRIMARY KEY,
    user_id   bigint NOT NULL,
    body      bytea NOT NULL,
    error     text NOT NULL,
    at        timestamptz NOT NULL
);

-- The one conversation that a person is in. `id` is the update that began it, `entries` its journal of answers.
CREATE TABLE conversations (
    user_id    bigint PRIMARY KEY,
    id         bigint NOT NULL,
    flow       text NOT NULL,
    args       jsonb NOT NULL,
    entries    jsonb NOT NULL,
    question   int NOT NULL,
    deadline   timestamptz,
    updated_at timestamptz NOT NULL
) WITH (fillfactor = 70);
CREATE INDEX conversations_by_deadline ON conversations (deadline) WHERE deadline IS NOT NULL;
CREATE INDEX conversations_by_age ON conversations (updated_at);

-- What somebody must be told, written in the transaction that made it true. Told once per `dedup`.
CREATE TABLE outbox (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id    bigint,
    address    text,
    kind       text NOT NULL,
    data       jsonb NOT NULL,
    dedup      text NOT NULL UNIQUE,
    created_at timestamptz NOT NULL,
    due_at     timestamptz NOT NULL,
    attempts   smallint NOT NULL DEFAULT 0,
    sent_at    timestamptz,
    sent_by    text CHECK (sent_by IN ('telegram', 'email', 'nobody')),
    error      text,
    CHECK (user_id IS NOT NULL OR address IS NOT NULL),
    CHECK ((sent_at IS NULL) = (sent_by IS NULL))
);
CREATE INDEX outbox_due ON outbox (due_at, id) WHERE sent_at IS NULL;
