-- internal: the newest of what webhooks said of a cash-out that its end belies, unless the staff was told of it; null: none
-- Said paid, and it was given back or paid by another payment; said failed by whoever paid it.
CREATE FUNCTION cashout_belied(p_cashout cashouts) RETURNS payout_events LANGUAGE sql STABLE AS $$
    SELECT e FROM payout_events e
    WHERE e.cashout_id = p_cashout.id AND CASE e.outcome
        WHEN 'heard_done' THEN p_cashout.state <> 'done' OR EXISTS (SELECT FROM payout_events paid
            WHERE paid.cashout_id = e.cashout_id AND paid.outcome = 'done' AND cashout_twice(paid, e))
        WHEN 'heard_failed' THEN p_cashout.state = 'done' AND EXISTS (SELECT FROM payout_events paid
            WHERE paid.cashout_id = e.cashout_id AND paid.outcome = 'done' AND paid.provider = e.provider)
        ELSE false END
        AND NOT EXISTS (SELECT FROM payout_alarms a WHERE a.event_id = e.id)
    ORDER BY e.id DESC LIMIT 1
$$;
