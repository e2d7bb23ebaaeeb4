-- What nothing reads: who wrote last in a ticket is said by waits_since, and nobody asks for one person's corrections.
ALTER TABLE tickets DROP COLUMN last_by;
DROP INDEX corrections_of_user;
