-- Notices that wait for another try hold back the later ones of their recipient.
CREATE INDEX outbox_held ON outbox ((coalesce(address, user_id::text)), id) WHERE sent_at IS NULL AND attempts > 0;
