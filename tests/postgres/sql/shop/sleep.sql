-- Sleeps.
SELECT pg_sleep(:pause::double precision / 1000)
