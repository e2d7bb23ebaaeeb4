-- What was told of payouts that fits no cash-out, or not how it ended, and that no row can mend: open until somebody of the staff has
-- looked into it.
CREATE TABLE payout_alarms (
    event_id bigint PRIMARY KEY REFERENCES payout_events,
    ended_by bigint,
    ended_at timestamptz,
    note     text,
    CHECK ((ended_at IS NULL) = (ended_by IS NULL) AND (ended_at IS NULL) = (note IS NULL))
);
CREATE INDEX payout_alarms_open ON payout_alarms (event_id) WHERE ended_at IS NULL;
