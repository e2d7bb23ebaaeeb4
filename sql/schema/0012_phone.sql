-- Phone numbers that people have proven: in E.164, one account each.

ALTER TABLE users
    ADD COLUMN phone text CHECK (phone ~ '^\+[1-9][0-9]{6,14}$'),
    ADD COLUMN phone_verified_at timestamptz,
    ADD CHECK ((phone IS NULL) = (phone_verified_at IS NULL));
CREATE UNIQUE INDEX users_by_phone ON users (phone) WHERE phone IS NOT NULL;

-- Handles as they were typed become E.164 where they have a country code. One without fits nobody: its trade ends by
-- its deadlines, and the buyer gets everything back.
UPDATE invitations SET handle = '+' || regexp_replace(handle, '\D', '', 'g') WHERE kind = 'phone' AND handle LIKE '+%';
