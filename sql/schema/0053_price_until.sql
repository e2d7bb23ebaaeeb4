-- The price of a place to pay in is promised for the first window to pay, however much longer its trade waits.

ALTER TABLE payins ADD COLUMN price_until timestamptz;
UPDATE payins SET price_until = created_at + coalesce((SELECT payment_window FROM terms), interval '1 hour') WHERE price IS NOT NULL;
ALTER TABLE payins ADD CHECK ((price IS NULL) = (price_until IS NULL));
