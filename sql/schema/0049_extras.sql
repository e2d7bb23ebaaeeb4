-- Nobody could write one, and nothing showed it.
ALTER TABLE extra_contacts DROP COLUMN label;
