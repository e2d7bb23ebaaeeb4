-- Announcements that may have been heard, and of which Telegram did not say so: they are not told again.
ALTER TABLE broadcasts ADD COLUMN unknown int NOT NULL DEFAULT 0 CHECK (unknown >= 0);
ALTER TABLE outbox
    DROP CONSTRAINT outbox_sent_by_check,
    ADD CONSTRAINT outbox_sent_by_check CHECK (sent_by IN ('telegram', 'email', 'nobody', 'unknown'));
