-- internal: how many things wait for those of the staff who have a role; null for whoever has none
CREATE FUNCTION menu_duties(p_role text, p_at timestamptz) RETURNS int LANGUAGE plpgsql STABLE AS $$
DECLARE
    n int := 0;
BEGIN
    IF p_role IS NULL THEN RETURN NULL; END IF;
    IF p_role IN ('support', 'owner') THEN
        n := (SELECT count(*) FROM tickets WHERE state = 'open' AND waits_since IS NOT NULL)
            + (SELECT count(*) FROM disputes WHERE resolved_at IS NULL);
    END IF;
    IF p_role IN ('finance', 'owner') THEN
        n := n + (SELECT count(*) FROM unapplied WHERE ended_as IS NULL)
            + (SELECT count(*) FROM cashouts WHERE ended_at IS NULL AND state IN ('awaiting_approval', 'waiting', 'unknown'))
            + (SELECT count(*) FROM payout_alarms WHERE ended_at IS NULL)
            + (SELECT count(*) FROM reconciliations WHERE settled_at IS NULL)
            + (SELECT count(*) FROM corrections WHERE state = 'proposed' AND expires_at > p_at);
    END IF;
    RETURN n;
END
$$;
