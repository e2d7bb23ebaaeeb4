-- internal: these trades get back the time from p_since until p_until in which nobody could act upon them, and so do their promised prices
-- Once for each trade and absence. Whoever came into its state after it, or has got its time by what happened to it meanwhile, gets none.
CREATE FUNCTION trades_resume(p_trade_ids bigint[], p_since timestamptz, p_until timestamptz) RETURNS void LANGUAGE sql AS $$
    UPDATE trades t SET
        pay_by = (later).pay_by, choose_by = (later).choose_by, answer_by = (later).answer_by, deliver_by = (later).deliver_by,
        refund_at = (later).refund_at, release_at = (later).release_at, reminded = (later).reminded,
        given_back = (later).given_back, given_back_at = (later).given_back_at
    FROM (
        SELECT o.id, o.given_back, trades_given_back(o, p_since, p_until) AS later FROM trades o
        WHERE o.id = ANY (p_trade_ids) AND o.due_at IS NOT NULL ORDER BY o.id FOR NO KEY UPDATE
    ) open
    WHERE t.id = open.id AND (later).given_back > open.given_back;

    SELECT trades_resume_prices(p_trade_ids, p_since, p_until)
$$;
