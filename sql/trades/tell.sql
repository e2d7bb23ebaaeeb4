-- internal: tells one side of a trade what happened, once per trade, kind and p_nth; answers how many were told
-- A seller without account who was invited by e-mail gets mail. Nobody is told of a side that nobody has taken yet.
CREATE FUNCTION trades_tell(
    p_trade trades, p_role text, p_kind text, p_at timestamptz, p_nth text DEFAULT '', p_more jsonb DEFAULT '{}'
) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    person bigint := CASE p_role WHEN 'buyer' THEN p_trade.buyer_id ELSE p_trade.seller_id END;
    other  bigint := CASE p_role WHEN 'buyer' THEN p_trade.seller_id ELSE p_trade.buyer_id END;
    dedup  text := rtrim(format('%s.%s.%s.%s', p_kind, p_trade.id, p_role, p_nth), '.');
    news   jsonb := jsonb_build_object(
        'trade_id', p_trade.id, 'slug', p_trade.slug, 'state', p_trade.state, 'role', p_role,
        'other', coalesce(users_name(other), nullif(p_trade.seller_handle, '')),
        'currency', p_trade.currency, 'amount', p_trade.amount::text,
        'buyer_pays', coalesce(p_trade.held, p_trade.amount + p_trade.buyer_fee)::text,
        'seller_gets', coalesce(p_trade.payout, p_trade.amount - p_trade.seller_fee)::text,
        'promised', (p_trade.amount - p_trade.seller_fee)::text, 'is_paid', p_trade.paid_at IS NOT NULL, 'in_part', p_trade.underpaid_at IS NOT NULL,
        'description', p_trade.description, 'deadline', trades_due(p_trade, p_at),
        'may_rate', ratings_why_not(p_trade, person, p_at) IS NULL) || p_more;
BEGIN
    IF person IS NOT NULL THEN
        PERFORM outbox_notice(person, p_kind, news, dedup, p_at);
        RETURN 1;
    END IF;
    IF p_trade.seller_kind = 'email' THEN
        PERFORM outbox_mail(p_trade.seller_handle, p_kind,
            news || jsonb_build_object('token', (SELECT token FROM invitations WHERE trade_id = p_trade.id)), dedup, p_at);
        RETURN 1;
    END IF;
    RETURN 0;
END
$$;
