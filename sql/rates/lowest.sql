-- internal: the least that we would give in p_to for one unit of p_from by what any one source says now, the spread taken off; null
-- when none says anything. For who had time enough: that sources disagree, as in a fall, must not be worth waiting for.
CREATE FUNCTION rates_lowest(p_from text, p_to text, p_at timestamptz) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT round(
        (SELECT min(price) FROM (
            SELECT price FROM rates_told(p_from, 'USD', p_at)
            UNION ALL
            SELECT price * (SELECT min(usd.price) FROM rates_told('USDT', 'USD', p_at) usd) FROM rates_told(p_from, 'USDT', p_at)
        ) told)
        / (SELECT max(price) FROM rates_told(p_to, 'USD', p_at)) * (1 - (SELECT spread_percent FROM terms) * 0.01), 24)
$$;
