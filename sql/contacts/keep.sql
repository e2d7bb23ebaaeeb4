-- internal: keeps the destinations of cash-outs that have a label, and remembers the use of those that are known; of one person no
-- more than 50 are kept. The caller has locked the people's rows.
CREATE FUNCTION contacts_keep(p_asked cashout_ask[], p_at timestamptz) RETURNS void LANGUAGE sql AS $$
    UPDATE destinations kept SET used_at = p_at
    FROM unnest(p_asked) ask
    WHERE ask.refusal IS NULL AND kept.user_id = ask.user_id AND kept.network = ask.network AND kept.bank_code = ask.bank_code
        AND kept.address = ask.address;
    INSERT INTO destinations (
        user_id, label, currency, network, address, bank_code, bank_name, account_name, created_at, used_at)
    SELECT ask.user_id, ask.label, ask.currency, ask.network, ask.address, ask.bank_code, ask.bank_name, ask.account_name, p_at, p_at
    FROM unnest(p_asked) ask
    WHERE ask.refusal IS NULL AND ask.label <> '' AND (SELECT count(*) FROM destinations WHERE user_id = ask.user_id) < 50
    ON CONFLICT (user_id, network, bank_code, address) DO NOTHING
$$;
