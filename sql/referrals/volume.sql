-- internal: what was released of somebody's trades, on either side, in USD
CREATE FUNCTION referrals_volume(p_user_id bigint) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(usd), 0) FROM (
        SELECT usd_held FROM trades WHERE buyer_id = p_user_id AND state = 'released'
        UNION ALL
        SELECT usd_held FROM trades WHERE seller_id = p_user_id AND state = 'released'
        UNION ALL
        SELECT round(t.usd_held * d.released / t.held, 2) FROM disputes d JOIN trades t ON t.id = d.trade_id
        WHERE p_user_id IN (d.buyer_id, d.seller_id) AND t.state = 'resolved'
    ) completed (usd)
$$;
