-- internal: which limit of the trades that somebody begins has been reached, and how many that are; null when none has
CREATE FUNCTION trades_limit(p_user_id bigint, p_at timestamptz, OUT reason text, OUT most int) LANGUAGE sql STABLE AS $$
    SELECT reached, CASE reached WHEN 'daily_limit' THEN trades_a_day WHEN 'hourly_limit' THEN trades_an_hour
                                 WHEN 'unpaid_limit' THEN unpaid_trades END
    FROM (
        SELECT trades_a_day, trades_an_hour, unpaid_trades, CASE
            WHEN (SELECT count(*) FROM trades WHERE buyer_id = p_user_id AND created_at > p_at - interval '24 hours')
                >= trades_a_day THEN 'daily_limit'
            WHEN (SELECT count(*) FROM trades WHERE buyer_id = p_user_id AND created_at > p_at - interval '1 hour')
                >= trades_an_hour THEN 'hourly_limit'
            WHEN (SELECT count(*) FROM trades
                    WHERE buyer_id = p_user_id AND ended_at IS NULL AND state IN ('awaiting_payment', 'underpaid'))
                >= unpaid_trades THEN 'unpaid_limit' END AS reached
        FROM terms) t
$$;
