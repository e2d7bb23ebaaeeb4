-- Keeps a provider's new address; when there is one already, that one stays and is answered.
-- The person's row is locked: two at once keep one. So is the address, by an advisory lock: of two people one gets it.
CREATE FUNCTION deposits_save_address(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_currency text, p_network text,
    p_provider text, p_address text, p_nonce text, p_minimum numeric
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'deposits/save_address', p_at);
    kept    deposit_addresses;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    IF NOT EXISTS (SELECT FROM currencies WHERE code = p_currency) THEN
        RETURN requests_refuse(p_request_key, 'unknown_currency', jsonb_build_object('currency', p_currency));
    END IF;
    PERFORM FROM users WHERE id = p_user_id FOR NO KEY UPDATE;
    PERFORM pg_advisory_xact_lock(hashtextextended(p_provider || ' ' || p_address, 0));
    IF EXISTS (SELECT FROM deposit_addresses WHERE provider = p_provider AND address = p_address AND user_id <> p_user_id) THEN
        RETURN requests_refuse(p_request_key, 'taken', '{}');
    END IF;
    INSERT INTO deposit_addresses (user_id, currency, network, provider, address, nonce, minimum, created_at)
    VALUES (p_user_id, p_currency, p_network, p_provider, p_address, p_nonce, p_minimum, p_at)
    ON CONFLICT (user_id, currency, network) DO NOTHING;
    SELECT * INTO kept FROM deposit_addresses
    WHERE user_id = p_user_id AND currency = p_currency AND network = p_network;
    RETURN requests_finish(p_request_key, jsonb_build_object(
        'answer', jsonb_build_object(
            'currency', kept.currency, 'network', kept.network, 'provider', kept.provider, 'address', kept.address,
            'nonce', kept.nonce, 'minimum', kept.minimum::text),
        'changed', jsonb_build_array(
            jsonb_build_array(p_user_id, 'DepositInfo')),
        'told', 0));
END
$$;
