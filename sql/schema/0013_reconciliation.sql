-- What providers say when they are asked, against what we have; who ended an unapplied payment, and why.

CREATE INDEX payins_to_ask ON payins (provider, ask_at) WHERE ask_at IS NOT NULL AND provider IS NOT NULL;

-- A payment that was seen is asked about soon: its confirmation may be lost, and somebody waits for it.
CREATE FUNCTION payins_ask_soon() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE payins SET ask_at = least(ask_at, NEW.at + interval '5 minutes') WHERE id = NEW.payin_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER asked_about_soon AFTER INSERT ON provider_events
    FOR EACH ROW WHEN (NEW.pending AND NEW.payin_id IS NOT NULL) EXECUTE FUNCTION payins_ask_soon();

-- A provider says other of a payin than we have: from when that was found until the two agreed, or differed otherwise.
-- `told` and `ours` are sums of confirmed payments.
CREATE TABLE reconciliations (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    payin_id   bigint NOT NULL REFERENCES payins,
    provider   text NOT NULL,
    currency   text NOT NULL,
    told       numeric NOT NULL,
    ours       numeric NOT NULL,
    at         timestamptz NOT NULL,
    settled_at timestamptz,
    CHECK (told <> ours)
);
CREATE UNIQUE INDEX reconciliations_open ON reconciliations (payin_id, currency) WHERE settled_at IS NULL;
CREATE INDEX reconciliations_waiting ON reconciliations (id) WHERE settled_at IS NULL;
CREATE FUNCTION reconciliations_settle() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.settled_at IS NOT NULL OR (NEW.id, NEW.payin_id, NEW.provider, NEW.currency, NEW.told, NEW.ours, NEW.at)
        IS DISTINCT FROM (OLD.id, OLD.payin_id, OLD.provider, OLD.currency, OLD.told, OLD.ours, OLD.at) THEN
        RAISE EXCEPTION 'a difference is settled once, and nothing else of it changes' USING ERRCODE = 'LB003';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER settled_once BEFORE UPDATE ON reconciliations FOR EACH ROW EXECUTE FUNCTION reconciliations_settle();
CREATE TRIGGER never_gone BEFORE DELETE OR TRUNCATE ON reconciliations FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- When each provider last answered our questions, and since when it has not. One row each.
CREATE TABLE provider_answers (
    provider    text PRIMARY KEY,
    answered_at timestamptz,
    away_since  timestamptz
);

ALTER TABLE unapplied ADD CHECK (ended_as IS NULL OR ended_by_user IS NOT NULL AND note <> '');

-- Notices are looked for in their order: behind a flood of them the first are found at once.
CREATE INDEX outbox_waiting ON outbox (id) WHERE sent_at IS NULL;
