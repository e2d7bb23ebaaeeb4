-- All names.
SELECT name FROM people WHERE id >= :first ORDER BY id
