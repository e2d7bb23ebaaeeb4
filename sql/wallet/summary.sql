-- internal: a person's wallet: every currency in its order, what is there, what is held, what it is worth
CREATE FUNCTION wallet_summary(p_user_id bigint, p_at timestamptz) RETURNS TABLE (
    balances jsonb, total_usd numeric, rates_at timestamptz
) LANGUAGE sql STABLE AS $$
    SELECT
        jsonb_agg(jsonb_build_object(
            'currency', b.currency, 'available', b.available::text, 'held', b.held::text, 'credit', b.credit::text,
            'usd', round((b.available + b.held + b.credit) * b.price, 2)::text) ORDER BY b.position),
        round(sum((b.available + b.held + b.credit) * b.price), 2),
        min(b.rate_at)
    FROM wallet_balances(p_user_id, p_at) b
$$;
