-- Remembers a price. Two of the oldest go with each that comes, once they are older than a month: the table does not grow for ever.
WITH forgotten AS (
    DELETE FROM rates WHERE (base, quote, at, source) IN (
        SELECT base, quote, at, source FROM rates
        WHERE base = :base AND quote = :quote AND at < :at::timestamptz - interval '30 days' ORDER BY at LIMIT 2)
)
INSERT INTO rates (source, base, quote, price, at)
VALUES (:source, :base, :quote, :price::numeric, :at)
ON CONFLICT (base, quote, at, source) DO NOTHING
