-- internal: where a person has kept to send money to, what was used last first, 50 at most
CREATE FUNCTION contacts_saved(p_user_id bigint) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object(
        'id', d.id, 'label', d.label, 'currency', d.currency, 'network', d.network, 'address', d.address,
        'bank_code', d.bank_code, 'bank_name', d.bank_name, 'account_name', d.account_name)), '[]')
    FROM (
        SELECT * FROM destinations WHERE user_id = p_user_id
        ORDER BY coalesce(used_at, created_at) DESC, id DESC LIMIT 50) d
$$;
