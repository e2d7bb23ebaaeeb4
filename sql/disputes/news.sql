-- internal: a dispute as people are told of it. p_role is the reader's: buyer, seller or admin
-- What each side got is there when it has ended.
CREATE FUNCTION disputes_news(p_trade trades, p_dispute disputes, p_role text) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'trade_id', p_trade.id, 'slug', p_trade.slug, 'role', p_role, 'by', p_dispute.role, 'reason', p_dispute.reason,
        'text', p_dispute.text, 'opened_at', p_dispute.opened_at, 'buyer', users_name(p_trade.buyer_id),
        'seller', users_name(p_trade.seller_id), 'currency', p_trade.currency, 'held', p_trade.held::text,
        'how', p_dispute.how, 'percent', p_dispute.seller_percent, 'why', p_dispute.why, 'fee', p_dispute.fee::text,
        'buyer_gets', (p_trade.held - p_dispute.released)::text, 'seller_gets', (p_dispute.released - p_dispute.fee)::text)
$$;
