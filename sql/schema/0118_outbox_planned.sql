-- When it was decided at what time a notice is due: NULL, when it was written. Ahead of a clock that has leapt back, that time is none.
ALTER TABLE outbox ADD COLUMN planned_at timestamptz;
