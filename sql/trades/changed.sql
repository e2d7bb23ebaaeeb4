-- internal: the views of both sides of a trade that are old when it has moved, and of whoever got fee credit for what they traded
CREATE FUNCTION trades_changed(p_trade trades) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_agg(jsonb_build_array(person, name)) || disputes_changed(p_trade.id)
    FROM (
        SELECT unnest(ARRAY[p_trade.buyer_id, p_trade.seller_id])
        UNION SELECT user_id FROM referral_rewards WHERE trade_id = p_trade.id AND p_trade.ended_at IS NOT NULL
    ) people (person),
        unnest(ARRAY['TradePage', 'TradePayment', 'TradeList', 'InvitationPage', 'NewTrade', 'Menu', 'Wallet', 'History',
            'Onboarding', 'CashoutStart', 'ExchangeStart', 'ChatPage', 'DisputeStart', 'ReferralPage']) name
    WHERE person IS NOT NULL
$$;
