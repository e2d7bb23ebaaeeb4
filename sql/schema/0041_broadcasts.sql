-- What owners tell everybody, or many; and the lists of all that moves money.

-- `audience`: 'all', 'active' (since `since`), or a language. `at_user`: who heard it last, in the order of their numbers; it is
-- written after they were told. `total`: how many it was for when it began.
CREATE TABLE broadcasts (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    author   bigint NOT NULL,
    kind     text NOT NULL CHECK (kind IN ('text', 'photo', 'document')),
    text     text NOT NULL CHECK (length(text) <= 1000),
    file_id  text NOT NULL,
    audience text NOT NULL CHECK (audience IN ('all', 'active') OR audience ~ '^[a-z]{2,3}$'),
    since    timestamptz NOT NULL,
    state    text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'paused', 'done', 'cancelled')),
    total    int NOT NULL CHECK (total > 0),
    at_user  bigint NOT NULL DEFAULT 0,
    sent     int NOT NULL DEFAULT 0 CHECK (sent >= 0),
    blocked  int NOT NULL DEFAULT 0 CHECK (blocked >= 0),
    failed   int NOT NULL DEFAULT 0 CHECK (failed >= 0),
    muted    int NOT NULL DEFAULT 0 CHECK (muted >= 0),
    at       timestamptz NOT NULL,
    told_at  timestamptz,
    ended_at timestamptz,
    CHECK ((kind = 'text') = (file_id = '')),
    CHECK (kind <> 'text' OR text ~ '\S'),
    CHECK ((ended_at IS NOT NULL) = (state IN ('done', 'cancelled')))
);
CREATE INDEX broadcasts_running ON broadcasts (id) WHERE state = 'running';

CREATE FUNCTION broadcasts_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.ended_at IS NOT NULL AND NEW.state <> OLD.state OR NEW.at_user < OLD.at_user
        OR (NEW.id, NEW.author, NEW.kind, NEW.text, NEW.file_id, NEW.audience, NEW.since, NEW.total)
        IS DISTINCT FROM (OLD.id, OLD.author, OLD.kind, OLD.text, OLD.file_id, OLD.audience, OLD.since, OLD.total) THEN
        RAISE EXCEPTION 'a broadcast ends once, goes forward only, and what it says never changes' USING ERRCODE = 'LB003';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER goes_forward BEFORE UPDATE ON broadcasts FOR EACH ROW EXECUTE FUNCTION broadcasts_move();
CREATE TRIGGER never_gone BEFORE DELETE OR TRUNCATE ON broadcasts FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Lists of the staff, newest first, by state or by person.
CREATE INDEX cashouts_by_state ON cashouts (state, id);
CREATE INDEX conversions_exchanges ON conversions (id) WHERE to_wallet;
CREATE INDEX provider_events_by_person ON provider_events (user_id, id DESC) WHERE user_id IS NOT NULL;
CREATE INDEX admin_actions_by_time ON admin_actions (at);
