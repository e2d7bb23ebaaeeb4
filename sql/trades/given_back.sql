-- internal: a trade as it is when it has got the time back in which nobody could act upon it: since p_since, or since it came into its state
-- or got some last; p_since null: people can act
-- Its reminders that lie before this moment count as told.
CREATE FUNCTION trades_given_back(p_trade trades, p_since timestamptz, p_at timestamptz) RETURNS trades LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    lost interval := greatest(interval '0', p_at - greatest(p_since, p_trade.given_back_at, CASE p_trade.state
        WHEN 'awaiting_payment' THEN p_trade.created_at
        WHEN 'underpaid' THEN p_trade.underpaid_at
        WHEN 'paid' THEN p_trade.paid_at
        WHEN 'accepted' THEN p_trade.accepted_at
        WHEN 'delivered' THEN p_trade.delivered_at END));
BEGIN
    IF p_since IS NULL THEN RETURN p_trade; END IF;
    p_trade.given_back := p_trade.given_back + lost;
    p_trade.given_back_at := p_at;
    CASE p_trade.state
        WHEN 'awaiting_payment' THEN p_trade.pay_by := p_trade.pay_by + lost;
        WHEN 'underpaid' THEN p_trade.choose_by := p_trade.choose_by + lost;
        WHEN 'paid' THEN p_trade.answer_by := p_trade.answer_by + lost;
        WHEN 'accepted' THEN
            p_trade.deliver_by := p_trade.deliver_by + lost;
            p_trade.refund_at := p_trade.refund_at + lost;
        WHEN 'delivered' THEN p_trade.release_at := p_trade.release_at + lost;
        ELSE RETURN p_trade;  -- it waits for nobody
    END CASE;
    p_trade.reminded := least(p_trade.reminded, CASE p_trade.state
        WHEN 'awaiting_payment' THEN p_trade.pay_by WHEN 'underpaid' THEN p_trade.choose_by WHEN 'paid' THEN p_trade.answer_by
        WHEN 'accepted' THEN p_trade.deliver_by ELSE p_trade.release_at END - p_at);
    RETURN p_trade;
END
$$;
