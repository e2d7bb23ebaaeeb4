-- internal: tells who is concerned what became of a payment, once per event; answers how many were told
-- p_news is the payment. p_waits is the id of an unapplied one, which the house hears of, too.
CREATE FUNCTION deposits_tell(
    p_request_key text, p_result text, p_payin payins, p_trade trades, p_waits bigint, p_news jsonb, p_at timestamptz
) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    kind text := CASE p_result
        WHEN 'seen' THEN CASE WHEN p_trade.id IS NULL THEN 'deposit_seen' ELSE 'payment_seen' END
        WHEN 'credited' THEN CASE WHEN p_trade.id IS NULL THEN 'deposit_credited' ELSE 'payment_extra' END
        WHEN 'part' THEN 'payment_part' WHEN 'paid' THEN 'payment_done' WHEN 'unapplied' THEN 'payment_waits' END;
    news jsonb := p_news;
    missing numeric;
BEGIN
    IF kind IS NULL THEN RETURN 0; END IF;
    IF p_trade.id IS NOT NULL THEN
        missing := trades_missing(p_trade, p_at);
        news := news || jsonb_build_object(
            'trade_id', p_trade.id, 'slug', p_trade.slug, 'state', p_trade.state, 'trade_currency', p_trade.currency,
            'total', (p_trade.amount + p_trade.buyer_fee)::text, 'missing', missing::text,
            'may_reduce', NOT trades_too_little(p_trade, p_trade.amount + p_trade.buyer_fee - missing),
            'deadline', trades_due(p_trade, p_at), 'is_vacant', p_trade.seller_id IS NULL, 'price_until', (
                SELECT min(price_until) FROM unnest(trades_counted(p_trade, p_at, p_at)) WHERE price_until > p_at));
    END IF;
    IF p_payin.user_id IS NOT NULL THEN
        PERFORM outbox_notice(p_payin.user_id, kind, news, kind || '.' || p_request_key, p_at);
    END IF;
    IF p_waits IS NOT NULL THEN
        PERFORM admin_tell('unapplied', news || jsonb_build_object('unapplied_id', p_waits), 'unapplied.' || p_waits, p_at);
    END IF;
    RETURN 1;
END
$$;
