-- internal: the views of a cash-out's owner and of the staff that are old when it has moved; the runner's, when it is its turn by now
CREATE FUNCTION cashout_changed(p_cashout cashouts, p_at timestamptz) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT admin_changed() || users_changed(p_cashout.user_id, ARRAY[
        'CashoutStart', 'CashoutPage', 'CashoutList', 'Wallet', 'Menu', 'History', 'NewTrade', 'TradePage', 'TradePayment',
        'ExchangeStart', 'Contacts', CASE WHEN p_cashout.state = 'requested' OR p_cashout.ask_at <= p_at THEN 'DueCashouts' END])
$$;
