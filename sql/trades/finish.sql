-- internal: ends an operation on a trade: its state as the one who acted sees it, and the views that are old now
CREATE FUNCTION trades_finish(p_request_key text, p_trade trades, p_user_id bigint, p_told int)
RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
    RETURN requests_finish(p_request_key, jsonb_build_object(
        'answer', jsonb_build_object(
            'id', p_trade.id, 'slug', p_trade.slug, 'state', p_trade.state, 'version', p_trade.version,
            'buyer_id', p_trade.buyer_id, 'seller_id', p_trade.seller_id,
            'seller', coalesce(users_name(p_trade.seller_id), p_trade.seller_handle),
            'currency', p_trade.currency, 'amount', p_trade.amount::text, 'fee', p_trade.fee::text,
            'buyer_pays', coalesce(p_trade.held, p_trade.amount + p_trade.buyer_fee)::text,
            'seller_gets', coalesce(p_trade.payout, p_trade.amount - p_trade.seller_fee)::text,
            'deadline', p_trade.due_at,
            'token', CASE WHEN p_trade.buyer_id = p_user_id
                THEN (SELECT token FROM invitations WHERE trade_id = p_trade.id) END),
        'changed', trades_changed(p_trade), 'told', p_told));
END
$$;
