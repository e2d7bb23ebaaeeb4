-- What the two sides of a trade say of each other when it has ended: once each, and for ever. `role` is the rater's.
CREATE TABLE ratings (
    id       bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    trade_id bigint NOT NULL REFERENCES trades,
    rater_id bigint NOT NULL REFERENCES users,
    rated_id bigint NOT NULL REFERENCES users,
    role     text NOT NULL CHECK (role IN ('buyer', 'seller')),
    stars    smallint NOT NULL CHECK (stars BETWEEN 1 AND 5),
    comment  text CHECK (comment ~ '\S' AND length(comment) <= 500),
    at       timestamptz NOT NULL,
    PRIMARY KEY (trade_id, rater_id),
    CHECK (rater_id <> rated_id)
);
CREATE INDEX ratings_of_rated ON ratings (rated_id, id DESC) INCLUDE (stars);
CREATE INDEX ratings_with_comment ON ratings (rated_id, id DESC) WHERE comment IS NOT NULL;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ratings
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What was really held of a trade's worth: who goes on with a hundredth of the price has not traded all of it.
ALTER TABLE trades ADD COLUMN usd_held numeric GENERATED ALWAYS AS (round(usd_worth * held / (amount + buyer_fee), 2)) STORED;

-- Whoever looks at somebody counts all that they have completed: out of the index alone.
DROP INDEX trades_released_of_buyer, trades_released_of_seller;
CREATE INDEX trades_released_of_buyer ON trades (buyer_id) INCLUDE (usd_held) WHERE state = 'released';
CREATE INDEX trades_released_of_seller ON trades (seller_id) INCLUDE (usd_held) WHERE state = 'released';
