-- Trades, the moves they may make, the money they hold.

CREATE TABLE transitions (
    subject    text NOT NULL,
    from_state text NOT NULL,
    to_state   text NOT NULL,
    PRIMARY KEY (subject, from_state, to_state)
);
INSERT INTO transitions (subject, from_state, to_state) VALUES
    ('trade', 'awaiting_payment', 'paid'),
    ('trade', 'awaiting_payment', 'cancelled'),
    ('trade', 'awaiting_payment', 'expired'),
    ('trade', 'paid', 'accepted'),
    ('trade', 'paid', 'declined'),
    ('trade', 'paid', 'refunded'),
    ('trade', 'accepted', 'delivered'),
    ('trade', 'accepted', 'refunded'),
    ('trade', 'delivered', 'released');

CREATE TABLE trades (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slug           text NOT NULL UNIQUE,
    buyer_id       bigint NOT NULL REFERENCES users,
    seller_id      bigint REFERENCES users,
    seller_kind    text NOT NULL CHECK (seller_kind IN ('username', 'email', 'phone', 'link')),
    seller_handle  text NOT NULL,
    currency       text NOT NULL REFERENCES currencies,
    amount         numeric NOT NULL CHECK (amount > 0 AND amount < 'Infinity'),
    fee_payer      text NOT NULL CHECK (fee_payer IN ('buyer', 'seller', 'split')),
    fee            numeric NOT NULL CHECK (fee >= 0),
    buyer_fee      numeric NOT NULL CHECK (buyer_fee >= 0),
    seller_fee     numeric NOT NULL CHECK (seller_fee >= 0 AND seller_fee < amount),
    description    text NOT NULL,
    delivery_hours int NOT NULL CHECK (delivery_hours > 0),
    usd_worth      numeric NOT NULL,
    state          text NOT NULL DEFAULT 'awaiting_payment',
    version        int NOT NULL DEFAULT 1,
    created_at     timestamptz NOT NULL,
    pay_by         timestamptz NOT NULL,
    paid_at        timestamptz,
    answer_by      timestamptz,
    accepted_at    timestamptz,
    deliver_by     timestamptz,
    refund_at      timestamptz,
    delivered_at   timestamptz,
    release_at     timestamptz,
    ended_at       timestamptz,
    due_at         timestamptz GENERATED ALWAYS AS (
        CASE state WHEN 'awaiting_payment' THEN pay_by WHEN 'paid' THEN answer_by
                   WHEN 'accepted' THEN refund_at WHEN 'delivered' THEN release_at END) STORED,
    CHECK (fee = buyer_fee + seller_fee),
    CHECK (seller_id <> buyer_id),
    CHECK ((ended_at IS NOT NULL) = (state IN ('cancelled', 'expired', 'declined', 'refunded', 'released'))),
    CHECK (state NOT IN ('accepted', 'delivered', 'released') OR seller_id IS NOT NULL)
) WITH (fillfactor = 70);
CREATE INDEX trades_of_buyer ON trades (buyer_id, id DESC);
CREATE INDEX trades_of_seller ON trades (seller_id, id DESC);
CREATE INDEX trades_by_day ON trades (buyer_id, created_at);
CREATE INDEX trades_open_of_buyer ON trades (buyer_id) INCLUDE (state) WHERE ended_at IS NULL;
CREATE INDEX trades_open_of_seller ON trades (seller_id) INCLUDE (state) WHERE ended_at IS NULL;
CREATE INDEX trades_due ON trades (due_at) WHERE due_at IS NOT NULL;

CREATE FUNCTION trades_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.ended_at IS NOT NULL OR NEW.state <> OLD.state AND NOT EXISTS (
        SELECT FROM transitions WHERE subject = 'trade' AND from_state = OLD.state AND to_state = NEW.state
    ) THEN
        RAISE EXCEPTION 'a trade does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'LB002';
    END IF;
    IF (NEW.id, NEW.buyer_id, NEW.currency, NEW.amount, NEW.fee, NEW.buyer_fee, NEW.seller_fee)
        IS DISTINCT FROM (OLD.id, OLD.buyer_id, OLD.currency, OLD.amount, OLD.fee, OLD.buyer_fee, OLD.seller_fee)
        OR OLD.seller_id IS NOT NULL AND NEW.seller_id IS DISTINCT FROM OLD.seller_id THEN
        RAISE EXCEPTION 'what a trade is about never changes' USING ERRCODE = 'LB002';
    END IF;
    NEW.version := OLD.version + 1;
    RETURN NEW;
END
$$;
CREATE TRIGGER legal_moves BEFORE UPDATE ON trades FOR EACH ROW EXECUTE FUNCTION trades_move();

CREATE FUNCTION trades_begin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> 'awaiting_payment' THEN
        RAISE EXCEPTION 'a trade does not begin as %', NEW.state USING ERRCODE = 'LB002';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER legal_beginning BEFORE INSERT ON trades FOR EACH ROW EXECUTE FUNCTION trades_begin();
CREATE TRIGGER never_gone BEFORE DELETE OR TRUNCATE ON trades FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Who has the token may look, and join if the handle fits. `handle` is lower case, without the @.
CREATE TABLE invitations (
    trade_id   bigint PRIMARY KEY REFERENCES trades,
    token      text NOT NULL UNIQUE,
    kind       text NOT NULL,
    handle     text NOT NULL,
    user_id    bigint REFERENCES users,
    created_at timestamptz NOT NULL,
    joined_at  timestamptz,
    CHECK ((user_id IS NULL) = (joined_at IS NULL))
);
CREATE INDEX invitations_waiting ON invitations (kind, handle) WHERE user_id IS NULL;

-- Money of a buyer, locked in a trade. Each hold ends once.
CREATE TABLE holds (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    trade_id bigint NOT NULL REFERENCES trades,
    user_id  bigint NOT NULL,
    currency text NOT NULL,
    amount   numeric NOT NULL CHECK (amount > 0),
    began_by bigint NOT NULL UNIQUE REFERENCES transfers,
    began_at timestamptz NOT NULL,
    ended_by bigint UNIQUE REFERENCES transfers,
    ended_at timestamptz,
    CHECK ((ended_by IS NULL) = (ended_at IS NULL)),
    CHECK (ended_by <> began_by)
);
CREATE INDEX holds_of_trade ON holds (trade_id);
CREATE UNIQUE INDEX holds_open_of_trade ON holds (trade_id) WHERE ended_by IS NULL;
CREATE INDEX holds_open_of_user ON holds (user_id) INCLUDE (currency, amount) WHERE ended_by IS NULL;

CREATE FUNCTION holds_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.ended_by IS NOT NULL
        OR (NEW.id, NEW.trade_id, NEW.user_id, NEW.currency, NEW.amount, NEW.began_by, NEW.began_at)
        IS DISTINCT FROM (OLD.id, OLD.trade_id, OLD.user_id, OLD.currency, OLD.amount, OLD.began_by, OLD.began_at) THEN
        RAISE EXCEPTION 'a hold ends once, and nothing else of it changes' USING ERRCODE = 'LB003';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER ends_once BEFORE UPDATE ON holds FOR EACH ROW EXECUTE FUNCTION holds_end();
CREATE TRIGGER never_gone BEFORE DELETE OR TRUNCATE ON holds FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
