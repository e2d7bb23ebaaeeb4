-- Remembers a price.
INSERT INTO rates (source, base, quote, price, at)
VALUES (:source, :base, :quote, :price::numeric, :at)
ON CONFLICT (base, quote, at, source) DO NOTHING
