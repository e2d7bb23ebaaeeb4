-- Double entry. What came in, what people have, what is held, earned and paid out: every movement sums to zero.

CREATE TABLE currencies (
    code     text PRIMARY KEY,
    scale    smallint NOT NULL,
    position smallint NOT NULL UNIQUE
);
INSERT INTO currencies (code, scale, position) VALUES
    ('USDT', 6, 1), ('BTC', 8, 2), ('ETH', 18, 3), ('LTC', 8, 4), ('DOGE', 8, 5), ('TRX', 6, 6), ('NGN', 2, 7);

-- A person's accounts keep their balance and a gapless version. A system account keeps neither: it would be a row that everybody
-- waits for; its balance is the sum of its postings (ledger_balance). `owner` makes one key of both.
CREATE TABLE accounts (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id  bigint REFERENCES users,
    owner    bigint NOT NULL GENERATED ALWAYS AS (coalesce(user_id, 0)) STORED,
    kind     text NOT NULL,
    currency text NOT NULL REFERENCES currencies,
    balance  numeric,
    version  bigint,
    UNIQUE (owner, currency, kind),
    CHECK (CASE WHEN user_id IS NULL
        THEN balance IS NULL AND version IS NULL
            AND kind ~ '^(clearing:[a-z]+|held|fees|exchange|payouts|equity)$'
        ELSE balance >= 0 AND version >= 0 AND balance IS NOT NULL AND version IS NOT NULL AND user_id <> 0
            AND kind IN ('available', 'credit') END)
) WITH (fillfactor = 70);

INSERT INTO accounts (kind, currency)
SELECT kind, code FROM unnest(ARRAY['held', 'fees', 'exchange', 'payouts', 'equity']) kind, currencies;

CREATE TABLE transfers (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    request_key text NOT NULL UNIQUE,
    kind        text NOT NULL,
    trade_id    bigint,
    note        text NOT NULL,
    at          timestamptz NOT NULL
);
CREATE INDEX transfers_of_trade ON transfers (trade_id) WHERE trade_id IS NOT NULL;

-- account_id has no foreign key: its check would lock the rows of the system accounts; the trigger below looks instead.
-- `written` orders postings by transaction, for the snapshots.
CREATE TABLE postings (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    transfer_id   bigint NOT NULL REFERENCES transfers,
    account_id    bigint NOT NULL,
    currency      text NOT NULL,
    amount        numeric NOT NULL CHECK (amount <> 0),
    balance_after numeric,
    version       bigint,
    written       xid8 NOT NULL DEFAULT pg_current_xact_id()
);
CREATE UNIQUE INDEX postings_of_account ON postings (account_id, version) WHERE version IS NOT NULL;
CREATE INDEX postings_history ON postings (account_id, id) WHERE version IS NOT NULL;
CREATE INDEX postings_of_system ON postings (account_id, written) INCLUDE (amount) WHERE version IS NULL;
CREATE INDEX postings_of_transfer ON postings (transfer_id);

-- What an account's postings written before `upto` sum to.
CREATE TABLE ledger_snapshots (
    account_id bigint PRIMARY KEY REFERENCES accounts,
    balance    numeric NOT NULL,
    upto       xid8 NOT NULL,
    at         timestamptz NOT NULL
);

-- A line of a transfer: user_id is null for the system's accounts.
CREATE TYPE ledger_line AS (kind text, user_id bigint, currency text, amount numeric);

CREATE TABLE rates (
    source text NOT NULL,
    base   text NOT NULL,
    quote  text NOT NULL,
    price  numeric NOT NULL CHECK (price > 0 AND price < 'Infinity'),
    at     timestamptz NOT NULL,
    PRIMARY KEY (base, quote, at, source)
);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME USING ERRCODE = 'LB003';
END
$$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON postings
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON transfers
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_gone BEFORE DELETE OR TRUNCATE ON accounts
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION postings_conserve() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM fresh GROUP BY transfer_id, currency HAVING sum(amount) <> 0) THEN
        RAISE EXCEPTION 'a transfer must sum to zero in each currency' USING ERRCODE = 'LB004';
    END IF;
    IF EXISTS (
        SELECT FROM fresh
        LEFT JOIN accounts a ON a.id = fresh.account_id AND a.currency = fresh.currency
            AND a.balance IS NOT DISTINCT FROM fresh.balance_after AND a.version IS NOT DISTINCT FROM fresh.version
        LEFT JOIN currencies c ON c.code = a.currency
        WHERE fresh.amount IS DISTINCT FROM trunc(fresh.amount, c.scale)
    ) THEN
        RAISE EXCEPTION 'a posting must fit its account and its currency' USING ERRCODE = 'LB004';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER conserved AFTER INSERT ON postings REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION postings_conserve();
