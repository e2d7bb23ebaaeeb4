-- internal: what we give in p_to for one unit of p_from, the spread taken off; null when nobody can tell
CREATE FUNCTION rates_price(p_from text, p_to text, p_at timestamptz) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT round(rates_market(p_from, p_to, p_at) * (1 - (SELECT spread_percent FROM terms) * 0.01), 24)
$$;
