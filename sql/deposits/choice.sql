-- A person's deposit addresses, and when money came last.
SELECT
    coalesce((
        SELECT jsonb_agg(jsonb_build_object(
            'currency', d.currency, 'network', d.network, 'provider', d.provider, 'address', d.address,
            'nonce', d.nonce, 'minimum', d.minimum::text) ORDER BY d.id)
        FROM deposit_addresses d WHERE d.user_id = u.id), '[]') AS addresses,
    (
        SELECT t.at FROM accounts a JOIN postings p ON p.account_id = a.id AND p.version IS NOT NULL
        JOIN transfers t ON t.id = p.transfer_id
        WHERE a.owner = u.id AND t.kind = 'deposit' ORDER BY p.id DESC LIMIT 1) AS last_deposit_at
FROM users u
WHERE u.id = :user_id
