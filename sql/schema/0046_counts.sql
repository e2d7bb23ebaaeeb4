-- What the staff counts and looks for is read from indexes alone, however long LockBay has run: open trades by state, people who are
-- in, what providers told of each currency, payments that were seen only, the first and the last number of a time.
DROP INDEX trades_due;
CREATE INDEX trades_due ON trades (due_at) INCLUDE (state) WHERE due_at IS NOT NULL;
CREATE INDEX users_onboarded ON users (onboarded_at);
CREATE INDEX provider_events_sums ON provider_events (provider, currency) INCLUDE (moved) WHERE moved > 0;
DROP INDEX trades_by_time, cashouts_by_time, admin_actions_by_time;
CREATE INDEX trades_by_time ON trades (created_at) INCLUDE (usd_worth, id);
CREATE INDEX cashouts_by_time ON cashouts (created_at) INCLUDE (usd_worth, id);
CREATE INDEX admin_actions_by_time ON admin_actions (at) INCLUDE (id);
CREATE INDEX provider_events_seen ON provider_events (id) WHERE pending;
