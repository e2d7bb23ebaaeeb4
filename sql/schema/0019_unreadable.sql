-- Events that a provider signed and nobody could read, as they came: money may be behind them.
CREATE TABLE unreadable_events (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    provider text NOT NULL,
    digest   text NOT NULL,
    problem  text NOT NULL,
    body     bytea NOT NULL,
    headers  text NOT NULL,
    at       timestamptz NOT NULL,
    UNIQUE (provider, digest)
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON unreadable_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
