-- One name.
SELECT name FROM people WHERE id = :id
