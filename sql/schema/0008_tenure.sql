-- Which process serves a bot, or did last: a lock is forgotten with its connection, this is not.
ALTER TABLE poller ADD COLUMN holder text NOT NULL DEFAULT '';
