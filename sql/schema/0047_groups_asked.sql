-- When somebody has last asked the bot something in a group: it does not answer a flood.
ALTER TABLE groups ADD COLUMN asked_at timestamptz;
