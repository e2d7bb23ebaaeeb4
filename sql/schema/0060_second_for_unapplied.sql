-- A payment that fitted nothing and is not small goes to somebody else than its payer only by two: as a correction that names it.

ALTER TABLE corrections
    ADD COLUMN unapplied_id bigint REFERENCES unapplied,
    ADD CHECK (unapplied_id IS NULL OR user_id IS NOT NULL AND amount > 0);
CREATE INDEX corrections_of_unapplied ON corrections (unapplied_id, id DESC) WHERE unapplied_id IS NOT NULL;

CREATE OR REPLACE FUNCTION corrections_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'proposed' OR (NEW.id, NEW.user_id, NEW.event_id, NEW.unapplied_id, NEW.currency, NEW.amount, NEW.why, NEW.proposed_by,
        NEW.expires_at) IS DISTINCT FROM (OLD.id, OLD.user_id, OLD.event_id, OLD.unapplied_id, OLD.currency, OLD.amount, OLD.why,
        OLD.proposed_by, OLD.expires_at) THEN
        RAISE EXCEPTION 'a correction is decided once, as it was proposed' USING ERRCODE = 'LB002';
    END IF;
    RETURN NEW;
END
$$;

-- From this worth on, in USD; 0: never. The settings' alone: who is to be watched does not choose.
ALTER TABLE terms ADD COLUMN credit_second_usd numeric NOT NULL DEFAULT 100;
