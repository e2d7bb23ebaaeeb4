-- The web console: how the staff comes in, how long it stays, what it looked through, and what it finds quickly.

-- A link that was made in the chat. Its token is derived from the nonce and the service's secret; the row keeps a hash.
CREATE TABLE console_links (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id    bigint NOT NULL,
    hash       bytea NOT NULL UNIQUE,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz
);
CREATE INDEX console_links_open ON console_links (user_id) WHERE used_at IS NULL;

-- A browser that somebody of the staff came in with. Its cookie is random, the row keeps a hash; `csrf` is in every form of it.
CREATE TABLE admin_sessions (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id    bigint NOT NULL,
    hash       bytea NOT NULL UNIQUE,
    csrf       text NOT NULL,
    created_at timestamptz NOT NULL,
    seen_at    timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at   timestamptz
);
CREATE INDEX admin_sessions_open ON admin_sessions (user_id) WHERE ended_at IS NULL;

-- Every run of the audit that the console began: one at a time.
CREATE TABLE audit_runs (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    began_by bigint NOT NULL,
    began_at timestamptz NOT NULL,
    ended_at timestamptz,
    report   jsonb,
    problem  text,
    CHECK ((ended_at IS NULL) = (report IS NULL AND problem IS NULL) AND num_nonnulls(report, problem) <= 1)
);
CREATE UNIQUE INDEX audit_runs_one ON audit_runs ((true)) WHERE ended_at IS NULL;

-- What happened in each hour that is over, so that the plots of a month read some thousand rows, however much happened.
CREATE TABLE activity (
    kind text NOT NULL CHECK (kind IN ('trades', 'volume', 'cashouts', 'deposits')),
    hour timestamptz NOT NULL,
    n    bigint NOT NULL,
    usd  numeric NOT NULL,
    PRIMARY KEY (kind, hour)
);
-- Up to when hours are rolled up.
CREATE TABLE activity_reached (one boolean PRIMARY KEY DEFAULT true CHECK (one), hour timestamptz NOT NULL);

CREATE INDEX trades_by_time ON trades USING brin (created_at) WITH (pages_per_range = 16, autosummarize = on);
CREATE INDEX trades_by_payment ON trades (paid_at) INCLUDE (usd_worth) WHERE paid_at IS NOT NULL;
CREATE INDEX cashouts_by_time ON cashouts USING brin (created_at) WITH (pages_per_range = 16, autosummarize = on);
CREATE INDEX provider_events_by_time ON provider_events USING brin (at) WITH (pages_per_range = 16, autosummarize = on);

-- Lists by state; from a transfer to what it was for.
CREATE INDEX trades_by_state ON trades (state, id);
CREATE INDEX holds_by_beginning ON holds (began_by);
CREATE INDEX holds_by_end ON holds (ended_by) WHERE ended_by IS NOT NULL;
