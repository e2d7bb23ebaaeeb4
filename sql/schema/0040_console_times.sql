-- Plots look at the newest rows, and a BRIN index has not summed them up before a vacuum: these find them at once.
DROP INDEX trades_by_time, cashouts_by_time, provider_events_by_time;
CREATE INDEX trades_by_time ON trades (created_at) INCLUDE (usd_worth);
CREATE INDEX cashouts_by_time ON cashouts (created_at) INCLUDE (usd_worth);
CREATE INDEX provider_events_by_time ON provider_events (at) WHERE transfer_id IS NOT NULL;
