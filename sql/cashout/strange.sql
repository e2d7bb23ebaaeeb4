-- internal: whether what was told of a payout contradicts its cash-out so that no row can mend it and somebody must look:
-- paid although nobody had sent it or it was given back, paid twice, paid by one while another was asked, failed although done.
-- `sent` told late of one that its provider let fail is merely late.
CREATE FUNCTION cashout_strange(p_cashout cashouts, p_told payout_events) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN p_told.outcome = 'failed' THEN p_cashout.state IN ('awaiting_approval', 'requested')
            OR p_cashout.state = 'done' AND EXISTS (SELECT FROM payout_events e
                WHERE e.cashout_id = p_cashout.id AND e.outcome = 'done' AND e.provider = p_told.provider)
        WHEN p_told.outcome NOT IN ('sent', 'done') THEN false
        WHEN p_cashout.state IN ('awaiting_approval', 'requested', 'refunded', 'declined', 'cancelled') THEN
            p_told.outcome = 'done' OR NOT EXISTS (SELECT FROM payout_events e
                WHERE e.cashout_id = p_cashout.id AND e.outcome = 'failed' AND e.provider = p_told.provider)
        ELSE p_cashout.state IN ('sending', 'unknown', 'sent') AND p_told.provider <> p_cashout.provider
            OR EXISTS (SELECT FROM payout_events e
                WHERE e.cashout_id = p_cashout.id AND e.outcome = 'done' AND cashout_twice(e, p_told))
    END
$$;
