-- internal: what the plots count, from p_low on and before p_high, and what it was worth in USD
-- Each when it came to stay: an hour that is over is added up once, and nothing that is counted is undone. A cash-out counts
-- when it has left, a payment that fitted nothing when people took it. A trade that goes on with less counts as that;
-- what the tolerance forgives counts, so that nothing changes when it is filled up later.
CREATE FUNCTION console_happened(p_low timestamptz, p_high timestamptz) RETURNS TABLE (kind text, at timestamptz, usd numeric)
LANGUAGE sql STABLE AS $$
    SELECT 'trades', created_at, usd_worth FROM trades WHERE created_at >= p_low AND created_at < p_high
    UNION ALL
    SELECT 'volume', paid_at, CASE WHEN payout = amount - seller_fee THEN usd_worth ELSE usd_held END
    FROM trades WHERE paid_at >= p_low AND paid_at < p_high
    UNION ALL
    SELECT 'cashouts', ended_at, coalesce(usd_worth, 0) FROM cashouts
    WHERE ended_at >= p_low AND ended_at < p_high AND state = 'done'
    UNION ALL
    SELECT 'deposits', at, 0 FROM provider_events WHERE at >= p_low AND at < p_high AND transfer_id IS NOT NULL
    UNION ALL
    SELECT 'deposits', ended_at, 0 FROM unapplied
    WHERE ended_at >= p_low AND ended_at < p_high AND ended_as IN ('credited', 'attached')
$$;
