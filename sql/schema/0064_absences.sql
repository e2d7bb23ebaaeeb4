-- Times in which nobody could act upon a trade. Open trades get each of them back in portions, in the order of their numbers: those up to
-- `given_to` have it, and since `given_at` all have; until then the clock acts upon none. `planned`: an owner had closed LockBay.
CREATE TABLE absences (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    since    timestamptz NOT NULL,
    until    timestamptz NOT NULL,
    planned  boolean NOT NULL,
    given_to bigint NOT NULL DEFAULT 0,
    given_at timestamptz,
    CHECK (since < until)
);
CREATE INDEX absences_owed ON absences (id) INCLUDE (since) WHERE given_at IS NULL;
