-- internal: what a person has, one row a currency, with the latest rate that is fresh enough (null: none is)
-- Joined, not looked up for each column: this is written into the statements that use it, and what it looks up would be looked up
-- again each time that they name it.
CREATE FUNCTION wallet_balances(p_user_id bigint, p_at timestamptz) RETURNS TABLE (
    currency text, "position" smallint, scale smallint, available numeric, held numeric, credit numeric,
    price numeric, rate_at timestamptz
) LANGUAGE sql STABLE AS $$
    SELECT c.code, c.position, c.scale, coalesce(own.available, 0), coalesce(locked.amount, 0), coalesce(own.credit, 0), r.price, r.at
    FROM currencies c
    LEFT JOIN (
        SELECT currency, max(balance) FILTER (WHERE kind = 'available') AS available,
            max(balance) FILTER (WHERE kind = 'credit') AS credit
        FROM accounts WHERE owner = p_user_id GROUP BY currency
    ) own ON own.currency = c.code
    LEFT JOIN (
        SELECT currency, sum(amount) AS amount FROM holds WHERE user_id = p_user_id AND ended_by IS NULL GROUP BY currency
    ) locked ON locked.currency = c.code
    LEFT JOIN LATERAL (
        SELECT price, at FROM rates
        WHERE base = c.code AND quote = 'USD' AND at > p_at - (SELECT worth_age FROM terms) AND at <= p_at
        ORDER BY at DESC LIMIT 1
    ) r ON true
$$;
