-- What the staff books by hand, always two of them; what the settings say of the terms; what updates and notices need to be tried again.

-- A correction is of a person's wallet (amount above zero: credited), or of what was told of a payout (`event_id`; above zero: money
-- that left again, below: money that came back), and then explains it to the audit. Nobody decides alone, nor about their own wallet.
CREATE TABLE corrections (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id     bigint REFERENCES users,
    event_id    bigint REFERENCES payout_events,
    currency    text NOT NULL REFERENCES currencies,
    amount      numeric NOT NULL CHECK (amount <> 0 AND abs(amount) < 1e15),
    why         text NOT NULL CHECK (why ~ '\S' AND length(why) <= 500),
    state       text NOT NULL DEFAULT 'proposed' CHECK (state IN ('proposed', 'approved', 'declined')),
    usd_worth   numeric,
    proposed_by bigint NOT NULL,
    proposed_at timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    decided_by  bigint,
    decided_at  timestamptz,
    transfer_id bigint UNIQUE REFERENCES transfers,
    CHECK (num_nonnulls(user_id, event_id) = 1),
    CHECK ((state = 'proposed') = (decided_by IS NULL) AND (state = 'proposed') = (decided_at IS NULL)),
    CHECK ((state = 'approved') = (transfer_id IS NOT NULL)),
    CHECK (state <> 'approved' OR decided_by <> proposed_by),
    CHECK (user_id IS NULL OR user_id <> proposed_by AND (state <> 'approved' OR decided_by <> user_id))
);
CREATE INDEX corrections_open ON corrections (id) WHERE state = 'proposed';
CREATE INDEX corrections_by_time ON corrections (decided_at) WHERE state = 'approved';
CREATE INDEX corrections_of_user ON corrections (user_id, id DESC) WHERE user_id IS NOT NULL;
CREATE UNIQUE INDEX corrections_of_event ON corrections (event_id) WHERE state = 'approved';

CREATE FUNCTION corrections_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'proposed' OR (NEW.id, NEW.user_id, NEW.event_id, NEW.currency, NEW.amount, NEW.why, NEW.proposed_by, NEW.expires_at)
        IS DISTINCT FROM (OLD.id, OLD.user_id, OLD.event_id, OLD.currency, OLD.amount, OLD.why, OLD.proposed_by, OLD.expires_at) THEN
        RAISE EXCEPTION 'a correction is decided once, as it was proposed' USING ERRCODE = 'LB002';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER decided_once BEFORE UPDATE ON corrections FOR EACH ROW EXECUTE FUNCTION corrections_move();
CREATE TRIGGER never_gone BEFORE DELETE OR TRUNCATE ON corrections FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What the settings say; the columns say what holds, with what an owner changed. 0: no limit.
ALTER TABLE terms
    ADD COLUMN settings jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN correction_largest_usd numeric NOT NULL DEFAULT 5000,
    ADD COLUMN correction_daily_usd numeric NOT NULL DEFAULT 10000;

-- `again`: taken out of the dead letters; the person's actor has not looked yet.
ALTER TABLE inbox ADD COLUMN again boolean NOT NULL DEFAULT false;

CREATE INDEX outbox_untold ON outbox (id) WHERE sent_by = 'nobody';
CREATE INDEX dead_letters_of_user ON dead_letters (user_id);
CREATE INDEX users_by_username_prefix ON users (lower(username) text_pattern_ops) WHERE username IS NOT NULL;
