-- internal: what has arrived of a price that is not paid in full, by coin, in the order in which they came
CREATE FUNCTION trades_parts(p_trade trades) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object(
        'currency', currency, 'amount', amount::text, 'worth', worth::text) ORDER BY first), '[]')
    FROM (
        SELECT currency, sum(amount) AS amount, sum(coalesce(worth, amount)) AS worth, min(id) AS first
        FROM holds WHERE trade_id = p_trade.id AND ended_by IS NULL AND p_trade.state = 'underpaid'
        GROUP BY currency
    ) part
$$;
