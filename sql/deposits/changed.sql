-- internal: the views of a person that are old when money has come to the wallet
CREATE FUNCTION deposits_changed(p_user_id bigint) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(users_changed(p_user_id, ARRAY[
        'Wallet', 'Menu', 'History', 'NewTrade', 'TradePage', 'TradePayment', 'CashoutStart', 'ExchangeStart']), '[]')
$$;
