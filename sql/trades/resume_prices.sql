-- internal: nobody could act from p_since until p_until: a price that was promised for one of these trades and held at p_since is promised as
-- much longer, at most for the window to pay once more
-- What a coin does meanwhile is at our cost: a short closing takes nobody their price, but a long one must not be worth waiting
-- through. After it the worse of that price and the one of then counts, as of any promise that is over, and screens say so.
CREATE FUNCTION trades_resume_prices(p_trade_ids bigint[], p_since timestamptz, p_until timestamptz) RETURNS void LANGUAGE sql AS $$
    UPDATE payins p SET price_until = p.price_until + least(p_until - greatest(p_since, p.created_at), terms.payment_window)
    FROM trades t, terms
    WHERE t.id = ANY (p_trade_ids) AND p.trade_id = t.id AND t.state IN ('awaiting_payment', 'underpaid')
        AND p.price_until > p_since AND p.created_at < p_until;

    UPDATE holds h SET price_until = h.price_until + least(p_until - greatest(p_since, t.created_at), terms.payment_window)
    FROM trades t, terms
    WHERE t.id = ANY (p_trade_ids) AND h.trade_id = t.id AND t.state = 'underpaid' AND h.ended_by IS NULL
        AND h.price_until > p_since AND t.created_at < p_until;
$$;
