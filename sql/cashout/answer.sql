-- internal: a cash-out as it is now
CREATE FUNCTION cashout_answer(p_cashout cashouts) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'id', p_cashout.id, 'slug', p_cashout.slug, 'user_id', p_cashout.user_id, 'currency', p_cashout.currency,
        'network', p_cashout.network, 'amount', p_cashout.amount::text, 'net', p_cashout.net::text, 'address', p_cashout.address,
        'bank_code', p_cashout.bank_code, 'bank_name', p_cashout.bank_name, 'account_name', p_cashout.account_name,
        'reference', p_cashout.reference, 'state', p_cashout.state, 'version', p_cashout.version,
        'provider', p_cashout.provider, 'external_id', p_cashout.external_id, 'txid', p_cashout.txid,
        'problem', p_cashout.problem, 'tries', p_cashout.tries, 'created_at', p_cashout.created_at,
        'sending_at', p_cashout.sending_at, 'ended_at', p_cashout.ended_at, 'answered_at', p_cashout.answered_at)
$$;
