-- People, what they have proven, and the terms that they trade on.

CREATE TABLE users (
    id                bigint PRIMARY KEY,  -- Telegram's
    username          text,
    first_name        text NOT NULL,
    language          text NOT NULL DEFAULT 'en',
    time_zone         text NOT NULL DEFAULT 'UTC',
    email             text,
    email_verified_at timestamptz,
    email_skipped_at  timestamptz,
    terms_at          timestamptz,
    onboarded_at      timestamptz,
    slug              text NOT NULL UNIQUE DEFAULT substr(replace(gen_random_uuid()::text, '-', ''), 1, 12),
    referred_by       bigint,
    blocked_at        timestamptz,
    unreachable_at    timestamptz,
    created_at        timestamptz NOT NULL,
    CHECK (email_verified_at IS NULL OR email IS NOT NULL)
) WITH (fillfactor = 80);
CREATE INDEX users_by_username ON users (lower(username));
CREATE UNIQUE INDEX users_by_email ON users (lower(email)) WHERE email_verified_at IS NOT NULL;

-- A username belongs to whom Telegram last showed it with: money must not follow its former owner.
CREATE FUNCTION usernames_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE users SET username = NULL WHERE lower(username) = lower(NEW.username) AND id <> NEW.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER usernames_are_unique_at_insert AFTER INSERT ON users
    FOR EACH ROW WHEN (NEW.username IS NOT NULL) EXECUTE FUNCTION usernames_move();
CREATE TRIGGER usernames_are_unique AFTER UPDATE OF username ON users
    FOR EACH ROW WHEN (NEW.username IS NOT NULL AND lower(NEW.username) IS DISTINCT FROM lower(OLD.username))
    EXECUTE FUNCTION usernames_move();

-- The codes that were mailed: a hash each, never the code.
CREATE TABLE verifications (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id    bigint NOT NULL REFERENCES users,
    purpose    text NOT NULL,
    email      text NOT NULL,
    nonce      text NOT NULL,
    hash       bytea NOT NULL,
    tries      smallint NOT NULL DEFAULT 0,
    sent_at    timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz
);
CREATE INDEX verifications_of_user ON verifications (user_id, purpose, sent_at DESC);

-- The settings of the business, one row; the defaults are those of lockbay/areas/terms.py.
CREATE TABLE terms (
    one                     boolean PRIMARY KEY DEFAULT true CHECK (one),
    fee_percent             numeric NOT NULL DEFAULT 5 CHECK (fee_percent >= 0 AND fee_percent < 100),
    smallest_trade_usd      numeric NOT NULL DEFAULT 2,
    largest_trade_usd       numeric NOT NULL DEFAULT 10000,
    trades_a_day            int NOT NULL DEFAULT 10,
    payment_window          interval NOT NULL DEFAULT '60 minutes',
    answer_window           interval NOT NULL DEFAULT '24 hours',
    shortest_delivery_hours int NOT NULL DEFAULT 1,
    longest_delivery_hours  int NOT NULL DEFAULT 168,
    dispute_window          interval NOT NULL DEFAULT '48 hours',
    delivery_grace          interval NOT NULL DEFAULT '24 hours',
    worth_age               interval NOT NULL DEFAULT '24 hours',
    code_lifetime           interval NOT NULL DEFAULT '10 minutes',
    code_tries              int NOT NULL DEFAULT 5,
    code_pause              interval NOT NULL DEFAULT '60 seconds',
    codes_an_hour           int NOT NULL DEFAULT 4
);
INSERT INTO terms DEFAULT VALUES;
