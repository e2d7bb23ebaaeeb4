-- internal: people can act again, who last could at p_since: every open trade has as much more time, and a promised price has
CREATE FUNCTION trades_resume(p_since timestamptz, p_at timestamptz) RETURNS void LANGUAGE sql AS $$
    UPDATE trades t SET
        pay_by = (later).pay_by, choose_by = (later).choose_by, answer_by = (later).answer_by, deliver_by = (later).deliver_by,
        refund_at = (later).refund_at, release_at = (later).release_at, reminded = (later).reminded,
        given_back = (later).given_back, given_back_at = (later).given_back_at
    FROM (
        SELECT o.id, trades_given_back(o, p_since, p_at) AS later FROM trades o
        WHERE o.due_at IS NOT NULL ORDER BY o.id FOR NO KEY UPDATE
    ) open
    WHERE t.id = open.id;

    SELECT trades_resume_prices(p_since, p_at)
$$;
