-- internal: why somebody cannot decide about a dispute; null when they can. The caller has locked the trade
CREATE FUNCTION disputes_why_not(p_trade trades, p_dispute disputes, p_user_id bigint) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN NOT admin_may(p_user_id, 'support') THEN 'not_staff'
        WHEN p_dispute.id IS NULL THEN 'unknown_dispute'
        WHEN p_user_id IN (p_trade.buyer_id, p_trade.seller_id) THEN 'own_dispute'
        WHEN p_dispute.resolved_at IS NOT NULL THEN 'already_ended'
    END
$$;
