-- internal: why a person cannot make a move in a trade now; null when they can
-- Decline, cancel, release and all that gives back have no deadline: they give what time would give, or more. What is accepted is its
-- buyer's to release and its seller's to give back, marked as delivered or not.
-- Whoever is blocked begins nothing, and can end all that was begun; nobody pays for what they could not accept. While a trade is disputed, its time stands still, and each side
-- can give in.
CREATE FUNCTION trades_why_not(p_trade trades, p_user_id bigint, p_move text, p_at timestamptz)
RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN p_trade.id IS NULL THEN 'unknown_trade'
        WHEN p_user_id NOT IN (p_trade.buyer_id, coalesce(p_trade.seller_id, 0))
            OR p_user_id <> p_trade.buyer_id AND p_move IN ('pay', 'reduce', 'cancel', 'release')
            OR p_user_id = p_trade.buyer_id AND p_move IN ('accept', 'decline', 'deliver', 'give_back') THEN 'not_yours'
        WHEN p_trade.state <> ALL (CASE
            WHEN p_move = 'pay' THEN ARRAY['awaiting_payment', 'underpaid']
            WHEN p_move = 'reduce' THEN ARRAY['underpaid']
            WHEN p_move = 'accept' THEN ARRAY['paid']
            WHEN p_move IN ('cancel', 'decline') THEN ARRAY['awaiting_payment', 'underpaid', 'paid']
            WHEN p_move = 'deliver' THEN ARRAY['accepted']
            WHEN p_move = 'dispute' THEN ARRAY['accepted', 'delivered']
            WHEN p_move IN ('release', 'give_back') THEN ARRAY['accepted', 'delivered', 'disputed']
            ELSE ARRAY['paid', 'accepted', 'delivered', 'disputed'] END) THEN 'wrong_state'
        WHEN p_move = 'cancel' AND p_trade.paid_at IS NOT NULL AND p_trade.seller_id IS NOT NULL THEN 'seller_there'
        WHEN p_move = 'propose' AND p_trade.seller_id IS NULL THEN 'nobody_there'
        WHEN p_move = 'propose' AND p_trade.proposed_by IS NOT NULL THEN 'proposed'
        WHEN p_move IN ('agree', 'disagree') AND coalesce(p_trade.proposed_by = p_user_id, true)
            OR p_move = 'withdraw' AND p_trade.proposed_by IS DISTINCT FROM p_user_id THEN 'no_proposal'
        WHEN p_move IN ('pay', 'reduce', 'accept', 'deliver', 'dispute') AND p_at >= p_trade.due_at
            AND p_at >= trades_due(p_trade, p_at) THEN 'too_late'
        WHEN p_move IN ('pay', 'reduce', 'accept')
            THEN (SELECT coalesce(users_barred(u), CASE WHEN p_move <> 'accept' AND EXISTS (
                SELECT FROM users WHERE id = p_trade.seller_id AND blocked_at IS NOT NULL) THEN 'seller_blocked' END)
                FROM users u WHERE id = p_user_id)
    END
$$;
