-- Until when people could act, as the clock writes it down every minute. Where it could not for `shortest_outage`, open trades get that time
-- back; 0 never.
ALTER TABLE house ADD COLUMN served_at timestamptz;
ALTER TABLE terms ADD COLUMN shortest_outage interval NOT NULL DEFAULT '10 minutes';
