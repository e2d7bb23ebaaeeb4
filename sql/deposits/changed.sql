-- internal: the views of a person that are old when money has come to the wallet
CREATE FUNCTION deposits_changed(p_user_id bigint) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_array(p_user_id, name)), '[]')
    FROM unnest(ARRAY['Wallet', 'Menu', 'History', 'NewTrade', 'TradePage', 'TradePayment', 'CashoutStart']) name
    WHERE p_user_id IS NOT NULL
$$;
