-- internal: what a code has to name before it lets a cash-out through, as lockbay/areas/codes.py writes it
CREATE FUNCTION cashout_outgoing(p_ask cashout_ask) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT jsonb_build_object('currency', p_ask.currency, 'net', p_ask.net::text, 'network', p_ask.network, 'address', p_ask.address,
        'bank_code', p_ask.bank_code, 'bank_name', p_ask.bank_name, 'account_name', p_ask.account_name)
$$;
