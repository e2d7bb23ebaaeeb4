-- internal: ends an operation on a cash-out: its state, and the views of its owner and of the staff that are old now
CREATE FUNCTION cashout_finish(p_request_key text, p_cashout cashouts, p_told int) RETURNS jsonb LANGUAGE sql AS $$
    SELECT requests_finish(p_request_key, jsonb_build_object(
        'answer', cashout_answer(p_cashout),
        'changed', admin_changed() || (SELECT jsonb_agg(jsonb_build_array(p_cashout.user_id, name))
            FROM unnest(ARRAY['CashoutStart', 'CashoutPage', 'CashoutList', 'Wallet', 'Menu', 'History', 'NewTrade',
                'TradePage', 'TradePayment', 'ExchangeStart', 'Contacts']) name),
        'told', p_told))
$$;
