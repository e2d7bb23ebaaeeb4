-- What was counted up to a time: the staff's pages count on from there, and not everything there ever was each time that they are shown.
CREATE TABLE people_counted (
    one       boolean PRIMARY KEY DEFAULT true CHECK (one),
    until     timestamptz NOT NULL,
    users     bigint NOT NULL,
    onboarded bigint NOT NULL
);
-- All of one time: that of people_counted.
CREATE TABLE told_counted (
    provider text NOT NULL,
    currency text NOT NULL,
    moved    numeric NOT NULL,
    PRIMARY KEY (provider, currency)
);
CREATE INDEX users_by_time ON users (created_at);
