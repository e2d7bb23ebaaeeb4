-- internal: how far somebody has come by completed trades on either side, and what fee that makes, in percent
-- Counted from the trades themselves, no further than the last level needs.
CREATE FUNCTION trades_level(
    p_user_id bigint, OUT completed int, OUT level int, OUT discount_percent numeric, OUT fee_percent numeric
) LANGUAGE sql STABLE AS $$
    SELECT done.n, reached.level, reached.discount,
        trim_scale(t.fee_percent * (100 - reached.discount) * 0.01)
    FROM terms t,
    LATERAL (
        SELECT count(*)::int AS n FROM (
            (SELECT 1 FROM trades WHERE buyer_id = p_user_id AND state = 'released' LIMIT (SELECT max(trades) FROM levels))
            UNION ALL
            (SELECT 1 FROM trades WHERE seller_id = p_user_id AND state = 'released' LIMIT (SELECT max(trades) FROM levels))
            LIMIT (SELECT max(trades) FROM levels)) released) done,
    LATERAL (
        SELECT count(*)::int AS level, coalesce(max(l.discount_percent), 0) AS discount FROM levels l WHERE l.trades <= done.n
    ) reached
$$;
