-- Places to pay in, to the wallet or for a trade; prices paid in parts and in other coins; who runs LockBay.

ALTER TABLE deposit_addresses RENAME TO payins;
ALTER INDEX deposit_addresses_by_address RENAME TO payins_by_address;
ALTER TABLE payins DROP CONSTRAINT deposit_addresses_user_id_currency_network_key;
-- A row is there before a provider is asked to make anything: no event can come before it.
-- `price` is what one unit is worth in the trade's currency, locked until `valid_until`; null: it is that currency.
ALTER TABLE payins
    ALTER COLUMN provider DROP NOT NULL,
    ALTER COLUMN address DROP NOT NULL,
    ALTER COLUMN nonce SET DEFAULT replace(gen_random_uuid()::text, '-', ''),
    ALTER COLUMN minimum SET DEFAULT 0,
    ADD COLUMN trade_id bigint REFERENCES trades,
    ADD COLUMN reference text NOT NULL DEFAULT substr(replace(gen_random_uuid()::text, '-', ''), 1, 24),
    ADD COLUMN amount numeric CHECK (amount > 0),
    ADD COLUMN price numeric CHECK (price > 0),
    ADD COLUMN usd numeric,
    ADD COLUMN link text,
    ADD COLUMN external_id text,
    ADD COLUMN valid_until timestamptz,
    ADD COLUMN ask_at timestamptz,
    ADD CHECK (provider IS NULL OR address IS NOT NULL OR link IS NOT NULL);
CREATE UNIQUE INDEX payins_by_reference ON payins (reference);
CREATE INDEX payins_of_wallet ON payins (user_id, currency, network, id DESC) WHERE trade_id IS NULL;
CREATE INDEX payins_by_external_id ON payins (provider, external_id) WHERE external_id <> '';
CREATE INDEX payins_of_trade ON payins (trade_id, currency, network) WHERE trade_id IS NOT NULL;
CREATE TRIGGER never_gone BEFORE DELETE OR TRUNCATE ON payins FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- `amount` is what the provider told, all of it; `moved` what of it this event moved, `credited` what of that to the wallet.
ALTER TABLE provider_events
    DROP CONSTRAINT provider_events_provider_event_id_pending_key,
    ADD COLUMN payin_id bigint REFERENCES payins,
    ADD COLUMN trade_id bigint REFERENCES trades,
    ADD COLUMN moved numeric NOT NULL DEFAULT 0 CHECK (moved >= 0),
    ADD COLUMN credited numeric NOT NULL DEFAULT 0 CHECK (credited BETWEEN 0 AND moved);
UPDATE provider_events SET moved = amount, credited = amount WHERE transfer_id IS NOT NULL;
UPDATE provider_events e SET payin_id = p.id FROM payins p
WHERE p.provider = e.provider AND p.address = e.address AND p.currency = e.currency AND p.network = e.network;
ALTER TABLE provider_events
    ALTER COLUMN address DROP NOT NULL,
    ADD CHECK ((moved > 0) = (transfer_id IS NOT NULL));
CREATE INDEX provider_events_of_payment ON provider_events (provider, event_id);
CREATE INDEX provider_events_of_payin ON provider_events (payin_id) WHERE payin_id IS NOT NULL;
DROP TRIGGER never_gone ON provider_events;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON provider_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- `amount` is what waits; `user_id` got `credited` of it when it ended as credited or attached.
ALTER TABLE unapplied DISABLE TRIGGER ends_once;
ALTER TABLE unapplied
    ADD COLUMN amount numeric CHECK (amount > 0),
    ADD COLUMN user_id bigint REFERENCES users,
    ADD COLUMN credited numeric NOT NULL DEFAULT 0 CHECK (credited BETWEEN 0 AND amount),
    ADD COLUMN ended_by_user bigint,
    ADD COLUMN note text NOT NULL DEFAULT '';
UPDATE unapplied x SET amount = greatest(e.amount, 0.000001) FROM provider_events e WHERE e.id = x.event_id;
ALTER TABLE unapplied ALTER COLUMN amount SET NOT NULL;
ALTER TABLE unapplied ENABLE TRIGGER ends_once;
CREATE OR REPLACE FUNCTION unapplied_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.ended_as IS NOT NULL
        OR (NEW.event_id, NEW.reason, NEW.amount) IS DISTINCT FROM (OLD.event_id, OLD.reason, OLD.amount) THEN
        RAISE EXCEPTION 'an unapplied payment ends once' USING ERRCODE = 'LB003';
    END IF;
    RETURN NEW;
END
$$;

-- A trade is paid in one part or in several, each a hold in the coin that came. `worth` is a part's in the trade's currency,
-- null for a part in it. When all of it is there, parts in other coins are converted, each at the price it was promised.
DROP INDEX holds_open_of_trade;
ALTER TABLE holds DROP CONSTRAINT holds_began_by_key, DROP CONSTRAINT holds_ended_by_key;
ALTER TABLE holds DISABLE TRIGGER ends_once;
ALTER TABLE holds
    ADD COLUMN source text NOT NULL DEFAULT 'wallet' CHECK (source IN ('wallet', 'payin', 'conversion')),
    ADD COLUMN worth numeric CHECK (worth >= 0),
    ADD COLUMN price numeric CHECK (price > 0),
    ADD COLUMN ended_as text CHECK (ended_as IN ('released', 'refunded', 'converted'));
UPDATE holds h SET ended_as = CASE t.state WHEN 'released' THEN 'released' ELSE 'refunded' END
FROM trades t WHERE t.id = h.trade_id AND h.ended_by IS NOT NULL;
ALTER TABLE holds ENABLE TRIGGER ends_once;
ALTER TABLE holds ALTER COLUMN source DROP DEFAULT;
ALTER TABLE holds ADD CHECK ((ended_as IS NULL) = (ended_by IS NULL)), ADD CHECK ((worth IS NULL) = (price IS NULL));
CREATE INDEX holds_open_of_trade ON holds (trade_id) WHERE ended_by IS NULL;
CREATE OR REPLACE FUNCTION holds_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.ended_by IS NOT NULL
        OR (NEW.id, NEW.trade_id, NEW.user_id, NEW.currency, NEW.amount, NEW.began_by, NEW.began_at, NEW.source, NEW.worth, NEW.price)
        IS DISTINCT FROM
           (OLD.id, OLD.trade_id, OLD.user_id, OLD.currency, OLD.amount, OLD.began_by, OLD.began_at, OLD.source, OLD.worth, OLD.price)
    THEN
        RAISE EXCEPTION 'a hold ends once, and nothing else of it changes' USING ERRCODE = 'LB003';
    END IF;
    RETURN NEW;
END
$$;

-- What was promised for another currency, until when; what is charged is what was shown.
CREATE TABLE quotes (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id       bigint NOT NULL REFERENCES users,
    trade_id      bigint REFERENCES trades,
    from_currency text NOT NULL REFERENCES currencies,
    from_amount   numeric NOT NULL CHECK (from_amount > 0),
    to_currency   text NOT NULL REFERENCES currencies,
    to_amount     numeric NOT NULL CHECK (to_amount > 0),
    price         numeric NOT NULL CHECK (price > 0),
    at            timestamptz NOT NULL,
    valid_until   timestamptz NOT NULL,
    used_by       bigint UNIQUE REFERENCES transfers,
    CHECK (from_currency <> to_currency)
);
CREATE INDEX quotes_of_user ON quotes (user_id, id DESC);
CREATE TRIGGER never_gone BEFORE DELETE OR TRUNCATE ON quotes FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Money of one currency that became another through the exchange account. `from_wallet`: it came from the person's balance.
CREATE TABLE conversions (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    transfer_id   bigint NOT NULL REFERENCES transfers,
    user_id       bigint NOT NULL REFERENCES users,
    trade_id      bigint REFERENCES trades,
    quote_id      bigint REFERENCES quotes,
    from_wallet   boolean NOT NULL,
    from_currency text NOT NULL REFERENCES currencies,
    from_amount   numeric NOT NULL CHECK (from_amount > 0),
    to_currency   text NOT NULL REFERENCES currencies,
    to_amount     numeric NOT NULL CHECK (to_amount >= 0),
    price         numeric NOT NULL CHECK (price > 0),
    at            timestamptz NOT NULL
);
CREATE INDEX conversions_of_transfer ON conversions (transfer_id);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON conversions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- `held` is what a paid trade holds, `payout` what of it a release pays the seller; the rest is the fee.
-- Underpaid: a part is there, and the buyer has until `choose_by` to say what becomes of it.
INSERT INTO transitions (subject, from_state, to_state) VALUES
    ('trade', 'awaiting_payment', 'underpaid'),
    ('trade', 'underpaid', 'paid'),
    ('trade', 'underpaid', 'cancelled'),
    ('trade', 'underpaid', 'expired');
ALTER TABLE trades DISABLE TRIGGER legal_moves;
ALTER TABLE trades
    DROP COLUMN due_at,
    ADD COLUMN held numeric CHECK (held > 0),
    ADD COLUMN payout numeric CHECK (payout > 0 AND payout <= held),
    ADD COLUMN choose_by timestamptz;
UPDATE trades SET held = amount + buyer_fee, payout = amount - seller_fee WHERE paid_at IS NOT NULL;
ALTER TABLE trades
    ADD COLUMN due_at timestamptz GENERATED ALWAYS AS (
        CASE state WHEN 'awaiting_payment' THEN pay_by WHEN 'underpaid' THEN choose_by WHEN 'paid' THEN answer_by
                   WHEN 'accepted' THEN refund_at WHEN 'delivered' THEN release_at END) STORED,
    ADD CHECK ((held IS NULL) = (paid_at IS NULL) AND (payout IS NULL) = (held IS NULL)),
    ADD CHECK (state <> 'underpaid' OR choose_by IS NOT NULL);
ALTER TABLE trades ENABLE TRIGGER legal_moves;
CREATE INDEX trades_due ON trades (due_at) WHERE due_at IS NOT NULL;
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
    NEW.version := OLD.version + 1;
    RETURN NEW;
END
$$;

-- Who is told what the house must know. Written at start from the settings.
CREATE TABLE staff (user_id bigint PRIMARY KEY);

ALTER TABLE terms
    ADD COLUMN choice_window interval NOT NULL DEFAULT '2 hours',
    ADD COLUMN confirmation_window interval NOT NULL DEFAULT '2 hours',
    ADD COLUMN tolerance_small_percent numeric NOT NULL DEFAULT 5,
    ADD COLUMN tolerance_middle_percent numeric NOT NULL DEFAULT 3,
    ADD COLUMN tolerance_large_percent numeric NOT NULL DEFAULT 1,
    ADD COLUMN spread_percent numeric NOT NULL DEFAULT 2,
    ADD COLUMN quote_lock interval NOT NULL DEFAULT '10 minutes',
    ADD COLUMN rate_age interval NOT NULL DEFAULT '15 minutes',
    ADD COLUMN rates_apart_percent numeric NOT NULL DEFAULT 3,
    ADD COLUMN smallest_bank_deposit numeric NOT NULL DEFAULT 100,
    ADD COLUMN largest_bank_deposit numeric NOT NULL DEFAULT 5000000;
