-- Who pays a cash-out by hand, and since when: nobody else of the staff decides about it meanwhile.
ALTER TABLE cashouts ADD COLUMN claimed_by bigint, ADD COLUMN claimed_at timestamptz, ADD CHECK ((claimed_by IS NULL) = (claimed_at IS NULL));

-- What somebody deposited is looked at before a cash-out of theirs is approved.
CREATE INDEX provider_events_of_user ON provider_events (user_id) WHERE transfer_id IS NOT NULL;
