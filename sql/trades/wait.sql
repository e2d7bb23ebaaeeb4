-- internal: a payment is on its way: an unpaid trade waits for its confirmation, a day after its beginning at most, without the time in
-- which nobody could act
-- Reminders that lie before this moment count as told.
CREATE FUNCTION trades_wait(p_trade trades, p_at timestamptz) RETURNS void LANGUAGE sql AS $$
    UPDATE trades t SET
        pay_by = CASE t.state WHEN 'awaiting_payment' THEN until ELSE t.pay_by END,
        choose_by = CASE t.state WHEN 'underpaid' THEN until ELSE t.choose_by END,
        reminded = until - p_at, given_back = later.given_back, given_back_at = later.given_back_at
    FROM terms, trades_later(p_trade, p_at) later, LATERAL (
        SELECT least(p_at + confirmation_window, later.created_at + later.given_back + interval '24 hours') AS until) longest
    WHERE t.id = p_trade.id AND t.state IN ('awaiting_payment', 'underpaid')
        AND CASE t.state WHEN 'underpaid' THEN later.choose_by ELSE later.pay_by END < until
$$;
