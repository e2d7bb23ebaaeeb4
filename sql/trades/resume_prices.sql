-- internal: nobody could act from p_since until p_until: what was promised for these trades is promised as much longer, within bounds
CREATE FUNCTION trades_resume_prices(p_trade_ids bigint[], p_since timestamptz, p_until timestamptz) RETURNS void LANGUAGE sql AS $$
    UPDATE payins p SET price_until = rates_resumed(p.price_until, p.created_at, p_since, p_until)
    FROM trades t
    WHERE t.id = ANY (p_trade_ids) AND p.trade_id = t.id AND t.state IN ('awaiting_payment', 'underpaid')
        AND p.price_until > p_since AND p.created_at < p_until;

    UPDATE holds h SET price_until = rates_resumed(h.price_until, t.created_at, p_since, p_until)
    FROM trades t
    WHERE t.id = ANY (p_trade_ids) AND h.trade_id = t.id AND t.state = 'underpaid' AND h.ended_by IS NULL
        AND h.price_until > p_since AND t.created_at < p_until;
$$;
