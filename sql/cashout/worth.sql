-- internal: what an amount is worth in USD, for limits alone; null when nobody knows
CREATE FUNCTION cashout_worth(p_currency text, p_amount numeric, p_at timestamptz) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT round(p_amount * price, 2) FROM rates
    WHERE base = p_currency AND quote = 'USD' AND at > p_at - (SELECT worth_age FROM terms)
    ORDER BY at DESC LIMIT 1
$$;
