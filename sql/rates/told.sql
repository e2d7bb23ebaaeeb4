-- internal: what each source said last, and lately enough, that one unit of p_code costs in p_quote
CREATE FUNCTION rates_told(p_code text, p_quote text, p_at timestamptz) RETURNS TABLE (price numeric) LANGUAGE sql STABLE AS $$
    SELECT DISTINCT ON (r.source) r.price FROM rates r
    WHERE r.base = p_code AND r.quote = p_quote AND r.at > p_at - (SELECT rate_age FROM terms)
    ORDER BY r.source, r.at DESC
$$;
