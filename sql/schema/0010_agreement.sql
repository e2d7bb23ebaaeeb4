-- Trades that both sides end, reminders before deadlines, discounts for people who trade much, limits an hour and at once.

INSERT INTO transitions (subject, from_state, to_state) VALUES ('trade', 'delivered', 'refunded');

-- `proposed_by` wants to end the trade together; the next move of the trade ends that proposal.
-- `ended_how`: why a refunded trade was, when it was not for time that ran out.
-- `remind_at`: when whose turn it is hears of the deadline; `reminded` is how long before it they last did, in this state.
-- `underpaid_at`: when the first part of the price came.
ALTER TABLE trades
    ADD COLUMN proposed_by bigint,
    ADD COLUMN ended_how text CHECK (ended_how IN ('agreed', 'returned')),
    ADD COLUMN underpaid_at timestamptz,
    ADD COLUMN reminded interval,
    ADD COLUMN remind_at timestamptz,
    ADD CHECK (proposed_by IN (buyer_id, seller_id)),
    ADD CHECK (proposed_by IS NULL OR state IN ('paid', 'accepted', 'delivered')),
    ADD CHECK (ended_how IS NULL OR state = 'refunded');
CREATE INDEX trades_to_remind ON trades (remind_at) WHERE remind_at IS NOT NULL;
CREATE INDEX trades_released_of_buyer ON trades (buyer_id) WHERE state = 'released';
CREATE INDEX trades_released_of_seller ON trades (seller_id) WHERE state = 'released';

-- How long before a deadline somebody is reminded.
CREATE FUNCTION reminders() RETURNS SETOF interval LANGUAGE sql IMMUTABLE AS $$
    SELECT unnest(ARRAY['24 hours', '8 hours', '2 hours', '30 minutes']::interval[])
$$;

-- The next reminder after the one that came `p_reminded` before the deadline; none that lies before the state began.
CREATE FUNCTION next_reminder(p_since timestamptz, p_deadline timestamptz, p_reminded interval)
RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT min(p_deadline - ahead) FROM reminders() ahead
    WHERE p_deadline - ahead > p_since AND (p_reminded IS NULL OR ahead < p_reminded)
$$;

CREATE OR REPLACE FUNCTION trades_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.ended_at IS NOT NULL OR NEW.state <> OLD.state AND NOT EXISTS (
        SELECT FROM transitions WHERE subject = 'trade' AND from_state = OLD.state AND to_state = NEW.state
    ) THEN
        RAISE EXCEPTION 'a trade does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'LB002';
    END IF;
    IF (NEW.id, NEW.buyer_id, NEW.currency, NEW.amount, NEW.fee, NEW.buyer_fee, NEW.seller_fee, NEW.description)
        IS DISTINCT FROM (OLD.id, OLD.buyer_id, OLD.currency, OLD.amount, OLD.fee, OLD.buyer_fee, OLD.seller_fee, OLD.description)
        OR OLD.seller_id IS NOT NULL AND NEW.seller_id IS DISTINCT FROM OLD.seller_id
        OR OLD.held IS NOT NULL AND (NEW.held < OLD.held OR NEW.held IS NULL OR NEW.payout IS DISTINCT FROM OLD.payout) THEN
        RAISE EXCEPTION 'what a trade is about never changes' USING ERRCODE = 'LB002';
    END IF;
    IF NEW.state <> OLD.state THEN
        NEW.proposed_by := NULL;
        NEW.reminded := NULL;
    END IF;
    NEW.remind_at := CASE NEW.state
        WHEN 'awaiting_payment' THEN next_reminder(NEW.created_at, NEW.pay_by, NEW.reminded)
        WHEN 'underpaid' THEN next_reminder(NEW.underpaid_at, NEW.choose_by, NEW.reminded)
        WHEN 'paid' THEN next_reminder(NEW.paid_at, NEW.answer_by, NEW.reminded)
        WHEN 'accepted' THEN next_reminder(NEW.accepted_at, NEW.deliver_by, NEW.reminded)
        WHEN 'delivered' THEN next_reminder(NEW.delivered_at, NEW.release_at, NEW.reminded) END;
    NEW.version := OLD.version + 1;
    RETURN NEW;
END
$$;

CREATE OR REPLACE FUNCTION trades_begin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> 'awaiting_payment' THEN
        RAISE EXCEPTION 'a trade does not begin as %', NEW.state USING ERRCODE = 'LB002';
    END IF;
    NEW.remind_at := next_reminder(NEW.created_at, NEW.pay_by, NULL);
    RETURN NEW;
END
$$;

-- Trades that are going on: the triggers fill in their reminders.
UPDATE trades SET version = version WHERE ended_at IS NULL;

-- From how many completed trades on somebody pays how much less of the fee. Below the first there is no discount.
CREATE TABLE levels (
    trades           int PRIMARY KEY CHECK (trades > 0),
    discount_percent numeric NOT NULL CHECK (discount_percent BETWEEN 0 AND 100)
);
INSERT INTO levels (trades, discount_percent) VALUES (1, 0), (5, 10), (10, 20), (25, 30), (50, 40), (100, 50);

ALTER TABLE terms
    ADD COLUMN trades_an_hour int NOT NULL DEFAULT 5,
    ADD COLUMN unpaid_trades int NOT NULL DEFAULT 5;
