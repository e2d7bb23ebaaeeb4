-- internal: why a person cannot make a move in a trade now; null when they can
-- Decline, cancel and release have no deadline: they give what time would give, or more.
CREATE FUNCTION trades_why_not(p_trade trades, p_user_id bigint, p_move text, p_at timestamptz)
RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN p_trade.id IS NULL THEN 'unknown_trade'
        WHEN p_user_id IS DISTINCT FROM CASE WHEN p_move IN ('pay', 'reduce', 'cancel', 'release')
            THEN p_trade.buyer_id ELSE p_trade.seller_id END THEN 'not_yours'
        WHEN p_trade.state NOT IN ('awaiting_payment', 'underpaid') AND p_move IN ('pay', 'cancel') THEN 'wrong_state'
        WHEN p_trade.state <> CASE p_move
            WHEN 'reduce' THEN 'underpaid' WHEN 'accept' THEN 'paid' WHEN 'decline' THEN 'paid'
            WHEN 'deliver' THEN 'accepted' WHEN 'release' THEN 'delivered' END THEN 'wrong_state'
        WHEN p_move IN ('pay', 'reduce', 'accept', 'deliver') AND p_at >= p_trade.due_at THEN 'too_late'
    END
$$;
