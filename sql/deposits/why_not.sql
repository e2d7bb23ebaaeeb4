-- internal: why a payment cannot be credited; null when it can. p_ours is the address row of that coin, p_known any of it
CREATE FUNCTION deposits_why_not(p_ours deposit_addresses, p_known boolean, p_nonce text, p_value numeric, p_currency text)
RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN NOT p_known THEN 'unknown_address'
        WHEN p_ours.id IS NULL THEN 'wrong_coin'
        WHEN p_nonce <> p_ours.nonce THEN 'wrong_nonce'
        WHEN NOT (p_value > 0 AND p_value < 1e15) THEN 'bad_amount'
        WHEN p_value <> trunc(p_value, (SELECT scale FROM currencies WHERE code = p_currency)) THEN 'bad_amount'
        WHEN p_value < p_ours.minimum THEN 'below_minimum'
    END
$$;
