-- What a part of a trade's price is worth ends with the promise of the place that it came by, as what comes there does. Of parts that
-- are open it may move: a promise is somebody's time to act, as a deadline is.

ALTER TABLE holds DISABLE TRIGGER ends_once;
ALTER TABLE holds ADD COLUMN price_until timestamptz;
UPDATE holds h SET price_until = coalesce((
    SELECT max(price_until) FROM payins WHERE trade_id = h.trade_id AND currency = h.currency AND price = h.price), began_at)
WHERE price IS NOT NULL;
ALTER TABLE holds ENABLE TRIGGER ends_once;
ALTER TABLE holds ADD CHECK ((price IS NULL) = (price_until IS NULL));
