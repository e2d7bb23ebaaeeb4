-- internal: a payment is on its way: an unpaid trade waits for its confirmation, a day after its beginning at most
-- Reminders that lie before this moment count as told.
CREATE FUNCTION trades_wait(p_trade trades, p_at timestamptz) RETURNS void LANGUAGE sql AS $$
    UPDATE trades t SET
        pay_by = CASE t.state WHEN 'awaiting_payment' THEN greatest(t.pay_by, until) ELSE t.pay_by END,
        choose_by = CASE t.state WHEN 'underpaid' THEN greatest(t.choose_by, until) ELSE t.choose_by END,
        reminded = until - p_at
    FROM (SELECT least(p_at + confirmation_window, p_trade.created_at + interval '24 hours') AS until FROM terms) longest
    WHERE t.id = p_trade.id AND t.state IN ('awaiting_payment', 'underpaid') AND t.due_at < until
$$;
