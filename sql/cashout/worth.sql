-- internal: what an amount is worth in USD, for limits alone; null when nobody knows
CREATE FUNCTION cashout_worth(p_currency text, p_amount numeric, p_at timestamptz) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT round(p_amount * rates_worth(p_currency, p_at), 2)
$$;
