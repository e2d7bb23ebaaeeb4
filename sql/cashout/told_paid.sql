-- internal: whether somebody told that a cash-out was paid, or is on its way, before we had anybody pay it: it must not be sent
-- What it was given to is only heard to have paid (heard_done) does not count: that one is asked, and pays a reference once.
CREATE FUNCTION cashout_told_paid(p_cashout cashouts) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM payout_events e
        WHERE e.cashout_id = p_cashout.id AND (e.outcome = 'done' OR e.outcome = 'sent' AND p_cashout.tries = 0))
$$;
