-- internal: keeps a destination when it has a label, and remembers its use when it is known; no more than 50 are kept
-- The caller has locked the person's row.
CREATE FUNCTION contacts_keep(p_target destinations, p_at timestamptz) RETURNS void LANGUAGE sql AS $$
    UPDATE destinations SET used_at = p_at
    WHERE user_id = p_target.user_id AND network = p_target.network AND bank_code = p_target.bank_code
        AND address = p_target.address;
    INSERT INTO destinations (
        user_id, label, currency, network, address, bank_code, bank_name, account_name, created_at, used_at)
    SELECT p_target.user_id, p_target.label, p_target.currency, p_target.network, p_target.address, p_target.bank_code,
        p_target.bank_name, p_target.account_name, p_at, p_at
    WHERE p_target.label <> '' AND (SELECT count(*) FROM destinations WHERE user_id = p_target.user_id) < 50
    ON CONFLICT (user_id, network, bank_code, address) DO NOTHING
$$;
