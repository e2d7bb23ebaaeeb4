-- Groups that have the bot in them, and what they are still to be told.

-- A group, with the bot in it until `left_at`. `topics` is what it wants to be told of, as somebody chose who runs it; until then
-- that is nothing. `slug` stands in links, as the chat's id changes when Telegram makes a supergroup of it. `heard_at` is when Telegram
-- says that the bot came or went: what was before that and arrives later does not count. Before `next_at` it is told nothing more.
CREATE TABLE groups (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    chat_id  bigint NOT NULL UNIQUE CHECK (chat_id < 0),
    slug     text NOT NULL UNIQUE,
    title    text NOT NULL,
    added_by bigint NOT NULL REFERENCES users,
    topics   text[] NOT NULL DEFAULT '{}' CHECK (topics <@ ARRAY['opened', 'completed', 'praised']),
    added_at timestamptz NOT NULL,
    heard_at timestamptz NOT NULL,
    left_at  timestamptz,
    next_at  timestamptz NOT NULL
);
CREATE INDEX groups_of_user ON groups (added_by, id DESC) WHERE left_at IS NULL;
CREATE INDEX groups_told ON groups (id) WHERE left_at IS NULL AND topics <> '{}';

-- What happened that groups may be told, written by the statement that made it true, one row however many groups there are; none
-- while no group is told anything. Who it was is looked up when it is told: until then both sides may change their mind.
CREATE TABLE announcements (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic    text NOT NULL CHECK (topic IN ('opened', 'completed', 'praised')),
    trade_id bigint NOT NULL REFERENCES trades,
    rated_id bigint,
    at       timestamptz NOT NULL,
    CHECK ((topic = 'praised') = (rated_id IS NOT NULL))
);

-- The same for each group that wants it, until it was told.
CREATE TABLE group_news (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    group_id bigint NOT NULL REFERENCES groups ON DELETE CASCADE,
    topic    text NOT NULL,
    trade_id bigint NOT NULL REFERENCES trades,
    rated_id bigint,
    at       timestamptz NOT NULL
);
CREATE INDEX group_news_of_group ON group_news (group_id, id);
