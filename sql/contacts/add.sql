-- Keeps a destination. The person's row is locked, so that the limit holds for two at once.
CREATE FUNCTION contacts_add(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_label text, p_currency text, p_network text,
    p_address text, p_bank_code text, p_bank_name text, p_account_name text
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'contacts/add', p_at);
    kept    destinations;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    PERFORM FROM users WHERE id = p_user_id FOR NO KEY UPDATE;
    IF NOT EXISTS (SELECT FROM payout_fees WHERE currency = p_currency AND network = p_network) THEN
        RETURN requests_refuse(p_request_key, 'unknown_currency', '{}');
    END IF;
    IF contacts_ours(p_network, p_address) THEN RETURN requests_refuse(p_request_key, 'own_address', '{}'); END IF;
    SELECT * INTO kept FROM destinations
    WHERE user_id = p_user_id AND network = p_network AND bank_code = p_bank_code AND address = p_address;
    IF kept.id IS NOT NULL THEN
        RETURN requests_refuse(p_request_key, 'kept_already', jsonb_build_object('id', kept.id::text, 'label', kept.label));
    END IF;
    IF (SELECT count(*) FROM destinations WHERE user_id = p_user_id) >= 50 THEN
        RETURN requests_refuse(p_request_key, 'too_many', '{"limit": "50"}');
    END IF;
    INSERT INTO destinations (user_id, label, currency, network, address, bank_code, bank_name, account_name, created_at)
    VALUES (p_user_id, p_label, p_currency, p_network, p_address, p_bank_code, p_bank_name, p_account_name, p_at)
    RETURNING * INTO kept;
    RETURN contacts_finish(p_request_key, kept);
END
$$;
