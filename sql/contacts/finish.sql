-- internal: ends an operation on what a person has kept: the destination, and the views that are old now
CREATE FUNCTION contacts_finish(p_request_key text, p_kept destinations) RETURNS jsonb LANGUAGE sql AS $$
    SELECT requests_finish(p_request_key, jsonb_build_object(
        'answer', jsonb_build_object('id', p_kept.id, 'label', p_kept.label, 'currency', p_kept.currency,
            'network', p_kept.network, 'address', p_kept.address, 'bank_code', p_kept.bank_code,
            'bank_name', p_kept.bank_name, 'account_name', p_kept.account_name),
        'changed', users_changed(p_kept.user_id, ARRAY['Contacts', 'CashoutStart', 'ExchangeStart']),
        'told', 0))
$$;
