-- internal: a place to pay in, as those who need it see it
CREATE FUNCTION deposits_answer(p_payin payins, p_at timestamptz) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'id', p_payin.id, 'user_id', u.id, 'trade_id', p_payin.trade_id, 'currency', p_payin.currency, 'network', p_payin.network,
        'reference', p_payin.reference, 'nonce', p_payin.nonce, 'amount', p_payin.amount::text, 'usd', p_payin.usd::text,
        'provider', p_payin.provider, 'address', p_payin.address, 'link', p_payin.link, 'external_id', p_payin.external_id,
        'minimum', p_payin.minimum::text, 'created_at', p_payin.created_at, 'valid_until', p_payin.valid_until,
        'price_until', deposits_price_until(p_payin, p_at),
        'payer', u.first_name, 'email', CASE WHEN u.email_verified_at IS NOT NULL THEN u.email END)
    FROM users u WHERE u.id = p_payin.user_id
$$;
