-- internal: what has arrived of a price that is not paid in full, by coin, in the order in which they came, and until when what it
-- counts for is promised
CREATE FUNCTION trades_parts(p_trade trades, p_at timestamptz) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object(
        'currency', currency, 'amount', amount::text, 'worth', worth::text, 'price_until', price_until) ORDER BY first), '[]')
    FROM (
        SELECT currency, sum(amount) AS amount, sum(worth) AS worth, min(price_until) AS price_until, min(id) AS first
        FROM unnest(CASE WHEN p_trade.state = 'underpaid' THEN trades_counted(p_trade, p_at, p_at) END) GROUP BY currency
    ) part
$$;
