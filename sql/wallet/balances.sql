-- internal: what a person has, one row a currency, with the latest rate that is fresh enough (null: none is)
CREATE FUNCTION wallet_balances(p_user_id bigint, p_at timestamptz) RETURNS TABLE (
    currency text, "position" smallint, scale smallint, available numeric, held numeric, credit numeric,
    price numeric, rate_at timestamptz
) LANGUAGE sql STABLE AS $$
    SELECT
        c.code, c.position, c.scale,
        coalesce((SELECT balance FROM accounts WHERE owner = p_user_id AND currency = c.code AND kind = 'available'), 0),
        coalesce((SELECT sum(amount) FROM holds WHERE user_id = p_user_id AND currency = c.code AND ended_by IS NULL), 0),
        coalesce((SELECT balance FROM accounts WHERE owner = p_user_id AND currency = c.code AND kind = 'credit'), 0),
        r.price, r.at
    FROM currencies c
    LEFT JOIN LATERAL (
        SELECT price, at FROM rates
        WHERE base = c.code AND quote = 'USD' AND at > p_at - (SELECT worth_age FROM terms)
        ORDER BY at DESC LIMIT 1
    ) r ON true
$$;
