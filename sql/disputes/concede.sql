-- internal: a trade's dispute, if it has one, ends because a side gave in, or both agreed, and the trade ended as p_state
-- The caller has locked the trade. Who of the staff has it hears so.
CREATE FUNCTION disputes_concede(p_trade trades, p_state text, p_how text, p_at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    dispute disputes;
BEGIN
    UPDATE disputes SET resolved_at = p_at, how = 'conceded',
        resolved_by = CASE WHEN p_state = 'released' THEN p_trade.buyer_id WHEN p_how = 'returned' THEN p_trade.seller_id END,
        seller_percent = CASE p_state WHEN 'released' THEN 100 ELSE 0 END,
        released = CASE p_state WHEN 'released' THEN p_trade.held ELSE 0 END,
        fee = CASE p_state WHEN 'released' THEN p_trade.held - p_trade.payout ELSE 0 END
    WHERE trade_id = p_trade.id AND resolved_at IS NULL RETURNING * INTO dispute;
    IF dispute.assigned_to IS NOT NULL THEN
        PERFORM outbox_notice(person, 'dispute_conceded', disputes_news(p_trade, dispute, 'admin'),
            format('dispute_conceded.%s.%s', dispute.id, person), p_at)
        FROM disputes_staff(dispute) person;
    END IF;
END
$$;
