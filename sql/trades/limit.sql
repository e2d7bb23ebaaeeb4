-- internal: which limit of the trades that somebody begins has been reached, how many that are, and from when on there may be another;
-- null when none has. What ends when one is paid or cancelled has no time.
CREATE FUNCTION trades_limit(p_user_id bigint, p_at timestamptz, OUT reason text, OUT most int, OUT until timestamptz)
LANGUAGE sql STABLE AS $$
    SELECT reached, CASE reached WHEN 'daily_limit' THEN trades_a_day WHEN 'hourly_limit' THEN trades_an_hour
                                 WHEN 'unpaid_limit' THEN unpaid_trades END,
        CASE WHEN reached IN ('daily_limit', 'hourly_limit') THEN greatest(day_ends, hour_ends) END
    FROM (
        SELECT trades_a_day, trades_an_hour, unpaid_trades, day_ends, hour_ends, CASE
            WHEN day_ends > p_at THEN 'daily_limit'
            WHEN hour_ends > p_at THEN 'hourly_limit'
            WHEN (SELECT count(*) FROM trades
                    WHERE buyer_id = p_user_id AND ended_at IS NULL AND state IN ('awaiting_payment', 'underpaid'))
                >= unpaid_trades THEN 'unpaid_limit' END AS reached
        FROM terms
        CROSS JOIN LATERAL (SELECT
            (SELECT created_at + interval '24 hours' FROM trades WHERE buyer_id = p_user_id AND created_at > p_at - interval '24 hours'
                ORDER BY created_at DESC OFFSET trades_a_day - 1 LIMIT 1) AS day_ends,
            (SELECT created_at + interval '1 hour' FROM trades WHERE buyer_id = p_user_id AND created_at > p_at - interval '1 hour'
                ORDER BY created_at DESC OFFSET trades_an_hour - 1 LIMIT 1) AS hour_ends) over_at) t
$$;
