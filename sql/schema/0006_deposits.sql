-- Where people pay to, what providers told us, and money that fits nothing.

CREATE TABLE deposit_addresses (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id    bigint NOT NULL REFERENCES users,
    currency   text NOT NULL REFERENCES currencies,
    network    text NOT NULL,
    provider   text NOT NULL,
    address    text NOT NULL,
    nonce      text NOT NULL,
    minimum    numeric NOT NULL CHECK (minimum >= 0),
    created_at timestamptz NOT NULL,
    UNIQUE (user_id, currency, network)
);
-- One address may serve several coins of one person (TRC20 and TRX), never two people.
CREATE INDEX deposit_addresses_by_address ON deposit_addresses (provider, address);

-- Every event as it came; never changed, but for the transfer that applied it.
CREATE TABLE provider_events (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    provider    text NOT NULL,
    event_id    text NOT NULL,
    pending     boolean NOT NULL,
    currency    text NOT NULL,
    network     text NOT NULL,
    address     text NOT NULL,
    amount      numeric NOT NULL,
    txid        text NOT NULL,
    body        bytea NOT NULL,
    headers     text NOT NULL,
    at          timestamptz NOT NULL,
    user_id     bigint,
    transfer_id bigint UNIQUE REFERENCES transfers,
    UNIQUE (provider, event_id, pending),
    CHECK (transfer_id IS NULL OR NOT pending)
);

-- Money that arrived and fits nothing, until somebody decides: it is credited, refunded or attached to a trade, once.
CREATE TABLE unapplied (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id    bigint NOT NULL UNIQUE REFERENCES provider_events,
    reason      text NOT NULL,
    at          timestamptz NOT NULL,
    ended_as    text CHECK (ended_as IN ('credited', 'refunded', 'attached')),
    ended_by    bigint UNIQUE REFERENCES transfers,
    ended_at    timestamptz,
    CHECK ((ended_as IS NULL) = (ended_at IS NULL) AND (ended_by IS NULL OR ended_as IS NOT NULL))
);
CREATE INDEX unapplied_open ON unapplied (id) WHERE ended_as IS NULL;

CREATE FUNCTION unapplied_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.ended_as IS NOT NULL OR (NEW.event_id, NEW.reason) IS DISTINCT FROM (OLD.event_id, OLD.reason) THEN
        RAISE EXCEPTION 'an unapplied payment ends once' USING ERRCODE = 'LB003';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER ends_once BEFORE UPDATE ON unapplied FOR EACH ROW EXECUTE FUNCTION unapplied_end();
CREATE TRIGGER never_gone BEFORE DELETE OR TRUNCATE ON unapplied FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_gone BEFORE DELETE OR TRUNCATE ON provider_events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
