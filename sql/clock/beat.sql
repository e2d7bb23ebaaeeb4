-- People can act now: writes it down. Where nobody could for long, open trades get that time back in the same transaction, so once, and the
-- owners hear of it; while LockBay is closed, it counts as closed since then, and the time is given back when it opens.
-- Answers since when nobody could act whose time was given back; null: none was.
CREATE FUNCTION clock_beat(p_at timestamptz) RETURNS timestamptz LANGUAGE plpgsql AS $$
DECLARE
    held  house;
    since timestamptz;
BEGIN
    SELECT * INTO held FROM house FOR UPDATE;
    since := clock_away_since(p_at);
    UPDATE house SET served_at = p_at, maintenance_since = CASE WHEN maintenance IS NOT NULL THEN since END;
    IF held.maintenance IS NOT NULL OR since IS NULL THEN RETURN NULL; END IF;
    PERFORM trades_resume(since, p_at);
    PERFORM admin_tell('outage', jsonb_build_object('since', since, 'until', p_at), 'outage.' || extract(epoch FROM since), p_at, 'owner');
    RETURN since;
END
$$;
