-- What the two sides of a trade cannot settle: its timers stand still until one gives in, or somebody of the staff decides.

INSERT INTO transitions (subject, from_state, to_state) VALUES
    ('trade', 'accepted', 'disputed'),
    ('trade', 'delivered', 'disputed'),
    ('trade', 'disputed', 'resolved'),  -- the staff has decided
    ('trade', 'disputed', 'released'),  -- the buyer gave in
    ('trade', 'disputed', 'refunded');  -- the seller did, or both agreed

-- A disputed trade has no deadline and no reminder: due_at and remind_at know nothing of that state.
ALTER TABLE trades
    DROP CONSTRAINT trades_check3,
    DROP CONSTRAINT trades_check4,
    DROP CONSTRAINT trades_check9,
    ADD CONSTRAINT trades_ends CHECK (
        (ended_at IS NOT NULL) = (state IN ('cancelled', 'expired', 'declined', 'refunded', 'released', 'resolved'))),
    ADD CONSTRAINT trades_have_two_sides CHECK (
        state NOT IN ('accepted', 'delivered', 'disputed', 'released', 'resolved') OR seller_id IS NOT NULL),
    ADD CONSTRAINT trades_proposals CHECK (proposed_by IS NULL OR state IN ('paid', 'accepted', 'delivered', 'disputed'));

-- Of what a resolved trade held, a part goes to each side: `split`.
ALTER TABLE holds
    DROP CONSTRAINT holds_ended_as_check,
    ADD CONSTRAINT holds_ended_as_check CHECK (ended_as IN ('released', 'refunded', 'converted', 'paid_out', 'split'));

ALTER TABLE chat_messages
    DROP CONSTRAINT chat_messages_role_check,
    ADD CONSTRAINT chat_messages_role_check CHECK (role IN ('buyer', 'seller', 'admin'));

-- `released` is what of the held money is for the seller, our `fee` taken off it; the rest went back to the buyer.
-- `resolved_by` is null when both sides agreed.
CREATE TABLE disputes (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    trade_id       bigint NOT NULL UNIQUE REFERENCES trades,
    buyer_id       bigint NOT NULL REFERENCES users,
    seller_id      bigint NOT NULL REFERENCES users,
    opened_by      bigint NOT NULL REFERENCES users,
    role           text NOT NULL,
    reason         text NOT NULL CHECK (reason IN (
        'not_delivered', 'not_as_described', 'damaged', 'no_answer', 'not_released', 'payment', 'other')),
    text           text NOT NULL CHECK (length(text) BETWEEN 10 AND 1000),
    opened_at      timestamptz NOT NULL,
    assigned_to    bigint,
    assigned_at    timestamptz,
    alerted_at     timestamptz,
    resolved_at    timestamptz,
    resolved_by    bigint,
    how            text CHECK (how IN ('refund', 'release', 'split', 'conceded')),
    seller_percent smallint CHECK (seller_percent BETWEEN 0 AND 100),
    released       numeric CHECK (released >= 0),
    fee            numeric CHECK (fee BETWEEN 0 AND released),
    why            text CHECK (why ~ '\S' AND length(why) <= 500),
    CHECK (role IN ('buyer', 'seller') AND opened_by = CASE role WHEN 'buyer' THEN buyer_id ELSE seller_id END),
    CHECK ((assigned_to IS NULL) = (assigned_at IS NULL)),
    CHECK (num_nonnulls(resolved_at, how, seller_percent, released, fee) IN (0, 5)),
    CHECK (CASE how WHEN 'refund' THEN seller_percent = 0 WHEN 'release' THEN seller_percent = 100
        WHEN 'split' THEN seller_percent BETWEEN 1 AND 99 WHEN 'conceded' THEN seller_percent IN (0, 100) ELSE true END),
    CHECK ((why IS NOT NULL) = (how IS DISTINCT FROM 'conceded' AND how IS NOT NULL)),
    CHECK (resolved_by IS NOT NULL OR how IS NULL OR how = 'conceded'),
    CHECK (resolved_by IS NULL OR how IS NOT NULL),
    CHECK (CASE WHEN how <> 'conceded' THEN resolved_by NOT IN (buyer_id, seller_id)
        ELSE coalesce(resolved_by IN (buyer_id, seller_id), true) END)
);
CREATE INDEX disputes_open ON disputes (id) WHERE resolved_at IS NULL;
CREATE INDEX disputes_to_alert ON disputes (opened_at) WHERE resolved_at IS NULL AND alerted_at IS NULL;
CREATE INDEX disputes_of_buyer ON disputes (buyer_id);
CREATE INDEX disputes_of_seller ON disputes (seller_id);

CREATE FUNCTION disputes_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.resolved_at IS NOT NULL
        OR (NEW.id, NEW.trade_id, NEW.buyer_id, NEW.seller_id, NEW.opened_by, NEW.role, NEW.reason, NEW.text, NEW.opened_at)
        IS DISTINCT FROM
           (OLD.id, OLD.trade_id, OLD.buyer_id, OLD.seller_id, OLD.opened_by, OLD.role, OLD.reason, OLD.text, OLD.opened_at)
        OR OLD.alerted_at IS NOT NULL AND NEW.alerted_at IS DISTINCT FROM OLD.alerted_at THEN
        RAISE EXCEPTION 'a dispute ends once, and what it is about never changes' USING ERRCODE = 'LB003';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER ends_once BEFORE UPDATE ON disputes FOR EACH ROW EXECUTE FUNCTION disputes_end();
CREATE TRIGGER never_gone BEFORE DELETE OR TRUNCATE ON disputes FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
