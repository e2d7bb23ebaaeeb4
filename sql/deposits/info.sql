-- A person's address for a currency on a network, to the wallet.
SELECT (
    SELECT deposits_answer(p, :at) FROM payins p
    WHERE p.user_id = u.id AND p.trade_id IS NULL AND p.currency = :currency AND p.network = :network AND p.network <> 'BANK'
        AND p.provider IS NOT NULL AND coalesce(p.valid_until > :at, true)
    ORDER BY p.id DESC LIMIT 1
) AS payin
FROM users u
WHERE u.id = :user_id
