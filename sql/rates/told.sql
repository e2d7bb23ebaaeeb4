-- internal: what each source said last, and lately enough, that one unit of p_code costs in p_quote
-- Nothing of after p_at: where the clock was put back, it would stand for the price of now for as long as the clock had been ahead.
CREATE FUNCTION rates_told(p_code text, p_quote text, p_at timestamptz) RETURNS TABLE (price numeric) LANGUAGE sql STABLE AS $$
    SELECT DISTINCT ON (r.source) r.price FROM rates r
    WHERE r.base = p_code AND r.quote = p_quote AND r.at > p_at - (SELECT rate_age FROM terms) AND r.at <= p_at
    ORDER BY r.source, r.at DESC
$$;
