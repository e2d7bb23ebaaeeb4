-- What was asked under a request key, and what was answered: the memory that makes operations exactly-once.
-- A row is inserted and updated in one transaction: the room left on the page keeps that update off the index (HOT).
CREATE TABLE requests (
    key text COLLATE "C" PRIMARY KEY,
    hash text NOT NULL,
    operation text NOT NULL,
    outcome jsonb,
    at timestamptz NOT NULL
) WITH (fillfactor = 85);
