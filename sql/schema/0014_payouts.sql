-- Money that goes out: where to, what it costs, and each cash-out until it is done or back; exchange positions.

-- Addresses and bank accounts that people keep. `address` is an account number where the network is BANK.
CREATE TABLE destinations (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id      bigint NOT NULL REFERENCES users,
    label        text NOT NULL CHECK (label ~ '\S' AND length(label) <= 40),
    currency     text NOT NULL REFERENCES currencies,
    network      text NOT NULL,
    address      text NOT NULL,
    bank_code    text NOT NULL DEFAULT '',
    bank_name    text NOT NULL DEFAULT '',
    account_name text NOT NULL DEFAULT '',
    created_at   timestamptz NOT NULL,
    used_at      timestamptz,
    CHECK ((network = 'BANK') = (bank_code <> '') AND (network = 'BANK') = (account_name <> ''))
);
CREATE UNIQUE INDEX destinations_of_user ON destinations (user_id, network, bank_code, address);

-- What a network costs, shown and charged alike, and the least that can be sent over it.
CREATE TABLE payout_fees (
    currency text NOT NULL REFERENCES currencies,
    network  text NOT NULL,
    fee      numeric NOT NULL CHECK (fee >= 0),
    least    numeric NOT NULL CHECK (least > fee),
    PRIMARY KEY (currency, network)
);
INSERT INTO payout_fees (currency, network, fee, least) VALUES
    ('USDT', 'TRC20', 1, 5), ('USDT', 'ERC20', 5, 20), ('BTC', 'BTC', 0.00005, 0.0002), ('ETH', 'ETH', 0.001, 0.004),
    ('LTC', 'LTC', 0.001, 0.02), ('DOGE', 'DOGE', 3, 15), ('TRX', 'TRX', 1, 10), ('NGN', 'BANK', 50, 500);

-- `amount` leaves the wallet, `net` arrives, the difference is the fee. `reference` is ours, and what a provider must not pay
-- twice. `proven`: a code was asked for. `ask_at`: when the provider is asked next what became of it.
CREATE TABLE cashouts (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slug           text NOT NULL UNIQUE,
    user_id        bigint NOT NULL REFERENCES users,
    currency       text NOT NULL REFERENCES currencies,
    network        text NOT NULL,
    amount         numeric NOT NULL CHECK (amount > 0),
    net            numeric NOT NULL CHECK (net > 0 AND net <= amount),
    usd_worth      numeric,
    address        text NOT NULL,
    bank_code      text NOT NULL DEFAULT '',
    bank_name      text NOT NULL DEFAULT '',
    account_name   text NOT NULL DEFAULT '',
    proven         boolean NOT NULL,
    reference      text NOT NULL UNIQUE DEFAULT 'co-' || replace(gen_random_uuid()::text, '-', ''),
    state          text NOT NULL,
    version        int NOT NULL DEFAULT 1,
    provider       text,
    external_id    text,
    txid           text,
    problem        text,
    tries          int NOT NULL DEFAULT 0,
    created_at     timestamptz NOT NULL,
    decided_by     bigint,
    decided_at     timestamptz,
    sending_at     timestamptz,
    ask_at         timestamptz,
    ended_at       timestamptz,
    CHECK (state IN ('awaiting_approval', 'requested', 'sending', 'unknown', 'waiting', 'sent', 'done', 'refunded', 'declined',
        'cancelled')),
    CHECK ((ended_at IS NOT NULL) = (state IN ('done', 'refunded', 'declined', 'cancelled'))),
    CHECK (state NOT IN ('sending', 'unknown', 'sent') OR provider IS NOT NULL)
) WITH (fillfactor = 70);
CREATE INDEX cashouts_of_user ON cashouts (user_id, id DESC);
CREATE INDEX cashouts_by_day ON cashouts (user_id, created_at) INCLUDE (state, usd_worth);
CREATE INDEX cashouts_open ON cashouts (state, id) WHERE ended_at IS NULL;
CREATE INDEX cashouts_to_ask ON cashouts (ask_at) WHERE ask_at IS NOT NULL;

INSERT INTO transitions (subject, from_state, to_state) VALUES
    ('cashout', 'awaiting_approval', 'requested'), ('cashout', 'awaiting_approval', 'declined'),
    ('cashout', 'awaiting_approval', 'cancelled'),
    ('cashout', 'requested', 'sending'), ('cashout', 'requested', 'waiting'), ('cashout', 'requested', 'cancelled'),
    ('cashout', 'sending', 'sent'), ('cashout', 'sending', 'unknown'), ('cashout', 'sending', 'waiting'),
    ('cashout', 'sending', 'done'), ('cashout', 'sending', 'refunded'),
    ('cashout', 'unknown', 'sent'), ('cashout', 'unknown', 'waiting'), ('cashout', 'unknown', 'done'), ('cashout', 'unknown', 'refunded'),
    ('cashout', 'waiting', 'sending'), ('cashout', 'waiting', 'sent'), ('cashout', 'waiting', 'done'),
    ('cashout', 'waiting', 'refunded'), ('cashout', 'waiting', 'declined'),
    ('cashout', 'sent', 'done'), ('cashout', 'sent', 'refunded'), ('cashout', 'sent', 'unknown');
CREATE FUNCTION cashouts_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.ended_at IS NOT NULL OR NEW.state <> OLD.state AND NOT EXISTS (
        SELECT FROM transitions WHERE subject = 'cashout' AND from_state = OLD.state AND to_state = NEW.state
    ) THEN
        RAISE EXCEPTION 'a cash-out does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'LB002';
    END IF;
    IF (NEW.id, NEW.user_id, NEW.currency, NEW.network, NEW.amount, NEW.net, NEW.address, NEW.bank_code, NEW.reference)
        IS DISTINCT FROM
       (OLD.id, OLD.user_id, OLD.currency, OLD.network, OLD.amount, OLD.net, OLD.address, OLD.bank_code, OLD.reference) THEN
        RAISE EXCEPTION 'what a cash-out is about never changes' USING ERRCODE = 'LB002';
    END IF;
    NEW.version := OLD.version + 1;
    RETURN NEW;
END
$$;
CREATE TRIGGER legal_moves BEFORE UPDATE ON cashouts FOR EACH ROW EXECUTE FUNCTION cashouts_move();
CREATE TRIGGER never_gone BEFORE DELETE OR TRUNCATE ON cashouts FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What a provider told of a payout, as it came.
CREATE TABLE payout_events (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    provider   text NOT NULL,
    reference  text NOT NULL,
    cashout_id bigint REFERENCES cashouts,
    outcome    text NOT NULL,
    body       bytea NOT NULL,
    headers    text NOT NULL,
    at         timestamptz NOT NULL
);
CREATE INDEX payout_events_of_cashout ON payout_events (cashout_id) WHERE cashout_id IS NOT NULL;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payout_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A hold is of a trade or of a cash-out.
ALTER TABLE holds
    ALTER COLUMN trade_id DROP NOT NULL,
    ADD COLUMN cashout_id bigint REFERENCES cashouts,
    ADD CHECK (num_nonnulls(trade_id, cashout_id) = 1),
    DROP CONSTRAINT holds_ended_as_check,
    ADD CHECK (ended_as IN ('released', 'refunded', 'converted', 'paid_out'));
CREATE UNIQUE INDEX holds_of_cashout ON holds (cashout_id) WHERE cashout_id IS NOT NULL;

-- An exchange is a conversion into the wallet. `to_wallet`: it went to the person's balance, not into a trade.
ALTER TABLE conversions ADD COLUMN to_wallet boolean NOT NULL DEFAULT false;
CREATE INDEX conversions_of_user ON conversions (user_id, id DESC) WHERE to_wallet;

ALTER TABLE terms
    ADD COLUMN cashout_code text NOT NULL DEFAULT 'verified' CHECK (cashout_code IN ('verified', 'never')),
    ADD COLUMN cashout_daily_count int NOT NULL DEFAULT 10,
    ADD COLUMN cashout_daily_usd numeric NOT NULL DEFAULT 0,
    ADD COLUMN cashout_unverified_daily_usd numeric NOT NULL DEFAULT 50,
    ADD COLUMN cashout_approval_usd numeric NOT NULL DEFAULT 500,
    ADD COLUMN exchange_sources int NOT NULL DEFAULT 2,
    ADD COLUMN exchange_position_usd numeric NOT NULL DEFAULT 25000,
    ADD COLUMN exchange_smallest_usd numeric NOT NULL DEFAULT 1,
    ADD COLUMN exchange_largest_usd numeric NOT NULL DEFAULT 10000;
