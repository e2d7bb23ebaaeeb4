-- internal: where a person pays in at, the newest address of each coin and network: nothing is sent there, which can be said early
CREATE FUNCTION contacts_own(p_user_id bigint) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT coalesce(jsonb_agg(DISTINCT last.address), '[]')
    FROM payout_fees f, LATERAL (
        SELECT p.address FROM payins p
        WHERE p.user_id = p_user_id AND p.currency = f.currency AND p.network = f.network AND p.trade_id IS NULL
        ORDER BY p.id DESC LIMIT 1) last
    WHERE f.network <> 'BANK' AND last.address IS NOT NULL
$$;
