-- Gives the next open trades the time of the oldest absence that not all have back yet: each trade once, whoever else does so, too, and
-- whoever dies before the last. Then the owners hear of it, who know of it when they had closed LockBay themselves.
-- Answers that absence, and whether all have its time now; no row: nobody is owed any.
CREATE FUNCTION clock_give_back(p_at timestamptz, p_most int DEFAULT 250)
RETURNS TABLE (since timestamptz, until timestamptz, is_over boolean) LANGUAGE plpgsql AS $$
DECLARE
    absence absences;
    ids     bigint[];
    is_last boolean;
BEGIN
    SELECT * INTO absence FROM absences WHERE given_at IS NULL ORDER BY id LIMIT 1 FOR UPDATE;
    IF absence.id IS NULL THEN RETURN; END IF;
    ids := trades_open_after(absence.given_to, p_most);
    is_last := cardinality(ids) < p_most;
    PERFORM trades_resume(ids, absence.since, absence.until);
    UPDATE absences SET given_to = coalesce(ids[cardinality(ids)], given_to), given_at = CASE WHEN is_last THEN p_at END
    WHERE id = absence.id;
    IF is_last AND NOT absence.planned THEN
        PERFORM admin_tell('outage', jsonb_build_object('since', absence.since, 'until', absence.until),
            'outage.' || extract(epoch FROM absence.since), p_at, 'owner');
    END IF;
    RETURN QUERY SELECT absence.since, absence.until, is_last;
END
$$;
