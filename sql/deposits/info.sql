-- A person's address for a currency on a network.
SELECT (
    SELECT jsonb_build_object(
        'currency', d.currency, 'network', d.network, 'provider', d.provider, 'address', d.address,
        'nonce', d.nonce, 'minimum', d.minimum::text)
    FROM deposit_addresses d WHERE d.user_id = u.id AND d.currency = :currency AND d.network = :network
) AS address
FROM users u
WHERE u.id = :user_id
