-- internal: why what was told of a payout needs no correction, or cannot have one; null: it can
-- As the audit sees it: paid although it was given back, paid by two payments, or failed after it was done.
CREATE FUNCTION admin_event_problem(p_event payout_events) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    cashout cashouts;
BEGIN
    SELECT * INTO cashout FROM cashouts WHERE id = p_event.cashout_id;
    RETURN CASE
        WHEN cashout.id IS NULL OR p_event.outcome NOT IN ('done', 'failed') THEN 'unknown_event'
        WHEN admin_explained(p_event) THEN 'already_booked'
        WHEN cashout.ended_at IS NULL THEN 'not_ended'
        WHEN cashout.state <> 'done' AND p_event.outcome <> 'done' OR cashout.state = 'done' AND NOT EXISTS (
            SELECT FROM payout_events other
            WHERE other.cashout_id = cashout.id AND other.outcome = 'done' AND NOT admin_explained(other)
                AND CASE p_event.outcome WHEN 'done' THEN cashout_twice(other, p_event) ELSE other.provider = p_event.provider END)
            THEN 'not_strange' END;
END
$$;
