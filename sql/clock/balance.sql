-- Notes what a provider has left to pay from. Finance hears of it when it becomes less than p_low: once, until there is a fifth more
-- than that again. Answers whether they were told. Locks the row.
CREATE FUNCTION clock_balance(
    p_at timestamptz, p_provider text, p_currency text, p_network text, p_amount numeric, p_low numeric
) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    known provider_balances;
    since timestamptz;
BEGIN
    INSERT INTO provider_balances (provider, currency, network, amount, low, asked_at)
    VALUES (p_provider, p_currency, p_network, p_amount, p_low, p_at) ON CONFLICT DO NOTHING;
    SELECT * INTO STRICT known FROM provider_balances
    WHERE provider = p_provider AND currency = p_currency AND network = p_network FOR NO KEY UPDATE;
    since := CASE WHEN p_amount < p_low THEN coalesce(known.low_since, p_at) WHEN p_amount < p_low * 1.2 THEN known.low_since END;
    UPDATE provider_balances SET amount = p_amount, low = p_low, asked_at = p_at, low_since = since
    WHERE provider = p_provider AND currency = p_currency AND network = p_network;
    IF since IS NULL OR known.low_since IS NOT NULL THEN RETURN false; END IF;
    PERFORM admin_tell('balance_low', jsonb_build_object(
        'provider', p_provider, 'currency', p_currency, 'network', p_network, 'amount', p_amount::text, 'low', p_low::text),
        format('balance_low.%s.%s.%s.%s', p_provider, p_currency, p_network, extract(epoch FROM p_at)), p_at);
    RETURN true;
END
$$;
