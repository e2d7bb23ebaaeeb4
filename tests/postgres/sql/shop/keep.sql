-- Answers what it was given, as records come and go through jsonb.
SELECT :labels::jsonb AS labels, :price::numeric AS price, :until::timestamptz AS until
