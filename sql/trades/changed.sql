-- internal: the views of both sides of a trade that are old when it has moved
CREATE FUNCTION trades_changed(p_trade trades) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_agg(jsonb_build_array(person, name))
    FROM (SELECT unnest(ARRAY[p_trade.buyer_id, p_trade.seller_id])) people (person),
        unnest(ARRAY['TradePage', 'TradePayment', 'TradeList', 'InvitationPage', 'NewTrade', 'Menu', 'Wallet', 'History',
            'Onboarding', 'CashoutStart']) name
    WHERE person IS NOT NULL
$$;
