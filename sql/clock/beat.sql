-- People can act now: writes it down. Where nobody could for long, that is an absence, and the first open trades get its time back in the same
-- transaction; while LockBay is closed, it counts as closed since then, and the time is given back when it opens.
-- Answers as clock_give_back; no row: all have what they are owed.
CREATE FUNCTION clock_beat(p_at timestamptz) RETURNS TABLE (since timestamptz, until timestamptz, is_over boolean) LANGUAGE plpgsql AS $$
DECLARE
    held house;
    last timestamptz;
BEGIN
    SELECT * INTO held FROM house FOR UPDATE;
    SELECT held.served_at INTO last FROM terms WHERE shortest_outage > '0' AND held.served_at <= p_at - shortest_outage;
    UPDATE house SET served_at = p_at, maintenance_since = least(maintenance_since, CASE WHEN maintenance IS NOT NULL THEN last END);
    IF held.maintenance IS NULL AND last IS NOT NULL THEN
        INSERT INTO absences (since, until, planned) VALUES (last, p_at, false);
    END IF;
    RETURN QUERY SELECT * FROM clock_give_back(p_at);
END
$$;
