-- internal: where a person pays in: the newest address of each coin and network, and those of the trades that they began last.
-- Nothing is sent there, which can be said early; of all others contacts_ours knows.
CREATE FUNCTION contacts_own(p_user_id bigint) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT coalesce(jsonb_agg(DISTINCT own.address), '[]') FROM (
        SELECT last.address
        FROM payout_fees f, LATERAL (
            SELECT p.address FROM payins p
            WHERE p.user_id = p_user_id AND p.currency = f.currency AND p.network = f.network AND p.trade_id IS NULL
            ORDER BY p.id DESC LIMIT 1) last
        WHERE f.network <> 'BANK'
        UNION ALL
        SELECT p.address
        FROM (SELECT id FROM trades WHERE buyer_id = p_user_id ORDER BY id DESC LIMIT 10) begun
        JOIN payins p ON p.trade_id = begun.id WHERE p.network <> 'BANK') own
    WHERE own.address IS NOT NULL
$$;
