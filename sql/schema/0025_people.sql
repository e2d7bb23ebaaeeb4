-- Who runs LockBay in which role, and what they did; what people chose for themselves; the state of the house.

-- Support answers people and decides disputes, finance decides about money, an owner may do everything. Owners named by the settings
-- (`by_settings`) cannot be taken away in the chat.
ALTER TABLE staff
    ADD COLUMN role text NOT NULL DEFAULT 'owner' CHECK (role IN ('support', 'finance', 'owner')),
    ADD COLUMN by_settings boolean NOT NULL DEFAULT true,
    ADD COLUMN added_by bigint,
    ADD COLUMN added_at timestamptz,
    ADD CHECK (role = 'owner' OR NOT by_settings);
ALTER TABLE staff ALTER COLUMN role DROP DEFAULT, ALTER COLUMN by_settings DROP DEFAULT;

-- Every act of the staff: who, what, of which thing, why, and how that was before and after.
CREATE TABLE admin_actions (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id bigint NOT NULL,
    action  text NOT NULL,
    subject text NOT NULL,  -- 'user 17', 'trade 4', 'cashout 3', 'terms', 'house' …
    why     text NOT NULL CHECK (length(why) <= 500),
    before  jsonb,
    after   jsonb,
    at      timestamptz NOT NULL
);
CREATE INDEX admin_actions_of_subject ON admin_actions (subject, id DESC);
CREATE INDEX admin_actions_of_user ON admin_actions (user_id, id DESC);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON admin_actions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The house itself, one row. `maintenance` is what everybody but the staff is told; null: open.
CREATE TABLE house (
    one               boolean PRIMARY KEY DEFAULT true CHECK (one),
    maintenance       text CHECK (maintenance ~ '\S' AND length(maintenance) <= 500),
    maintenance_since timestamptz,
    CHECK ((maintenance IS NULL) = (maintenance_since IS NULL))
);
INSERT INTO house DEFAULT VALUES;

-- What an owner changed of the terms while LockBay runs: it stands above the settings. `value` is as the column reads it.
CREATE TABLE term_overrides (
    name  text PRIMARY KEY,
    value text NOT NULL,
    by    bigint NOT NULL,
    at    timestamptz NOT NULL
);

-- What people chose. `muted` are topics that they do not want to hear of; at night (`quiet_from` until `quiet_until`, minutes of the
-- day in their time zone) nothing sounds but what is urgent. `is_public`: a page shows their reputation. `may_announce`: groups may
-- be told who traded, and for how much.
ALTER TABLE users
    ADD COLUMN muted text[] NOT NULL DEFAULT '{}',
    ADD COLUMN quiet_from smallint CHECK (quiet_from BETWEEN 0 AND 1439),
    ADD COLUMN quiet_until smallint CHECK (quiet_until BETWEEN 0 AND 1439),
    ADD COLUMN is_public boolean NOT NULL DEFAULT true,
    ADD COLUMN may_announce boolean NOT NULL DEFAULT false,
    ADD COLUMN closed_at timestamptz,
    ADD COLUMN blocked_why text,
    ADD CHECK ((quiet_from IS NULL) = (quiet_until IS NULL) AND quiet_from <> quiet_until),
    ADD CHECK (blocked_why IS NULL OR blocked_at IS NOT NULL);

-- `promotions`: fee credit that was given away. `corrections`: what two of the staff booked together.
ALTER TABLE accounts DROP CONSTRAINT accounts_check;
ALTER TABLE accounts ADD CHECK (CASE WHEN user_id IS NULL
    THEN balance IS NULL AND version IS NULL
        AND kind ~ '^(clearing:[a-z]+|held|fees|exchange|payouts|equity|promotions|corrections)$'
    ELSE balance >= 0 AND version >= 0 AND balance IS NOT NULL AND version IS NOT NULL AND user_id <> 0
        AND kind IN ('available', 'credit') END);
INSERT INTO accounts (kind, currency) SELECT kind, code FROM unnest(ARRAY['promotions', 'corrections']) kind, currencies;
