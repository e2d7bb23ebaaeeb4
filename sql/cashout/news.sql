-- internal: a cash-out as notices tell it
CREATE FUNCTION cashout_news(p_cashout cashouts) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'cashout_id', p_cashout.id, 'slug', p_cashout.slug, 'user_id', p_cashout.user_id,
        'person', users_name(p_cashout.user_id), 'state', p_cashout.state, 'currency', p_cashout.currency,
        'network', p_cashout.network, 'amount', p_cashout.amount::text, 'net', p_cashout.net::text,
        'usd_worth', p_cashout.usd_worth::text, 'address', p_cashout.address, 'bank_name', p_cashout.bank_name,
        'account_name', p_cashout.account_name, 'provider', p_cashout.provider, 'txid', p_cashout.txid,
        'problem', p_cashout.problem)
$$;
