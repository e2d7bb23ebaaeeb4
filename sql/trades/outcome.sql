-- internal: how what a trade held was divided when it ended; no row for one that goes on, or was never paid
CREATE FUNCTION trades_outcome(p_trade trades) RETURNS TABLE (to_seller numeric, to_buyer numeric, fee numeric) LANGUAGE sql STABLE AS $$
    SELECT seller.gets, p_trade.held - seller.gets - seller.pays, seller.pays
    FROM (VALUES (true)) one (row)
    LEFT JOIN disputes d ON d.trade_id = p_trade.id AND p_trade.state = 'resolved'
    CROSS JOIN LATERAL (
        SELECT CASE p_trade.state WHEN 'released' THEN p_trade.payout WHEN 'resolved' THEN d.released - d.fee ELSE 0 END AS gets,
            CASE p_trade.state WHEN 'released' THEN p_trade.held - p_trade.payout WHEN 'resolved' THEN d.fee ELSE 0 END AS pays) seller
    WHERE p_trade.ended_at IS NOT NULL AND p_trade.held IS NOT NULL
$$;
