-- internal: what one unit that is paid in, and was first seen at p_seen, is taken for in the currency of its trade; null: it is that
-- The price is a promise for the first window only: dust that keeps a trade open must not keep the price, or whoever pays could
-- wait for a day and take the better one, at our cost. What is seen later counts at the worse, for them, of that price and the one
-- of now: while sources disagree on that, the lowest that one of them says; at the promised one when none says anything.
CREATE FUNCTION deposits_price(p_payin payins, p_seen timestamptz, p_at timestamptz) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN p_payin.price IS NULL OR p_seen < p_payin.price_until THEN p_payin.price
        ELSE least(p_payin.price, (
            SELECT coalesce(
                rates_price(p_payin.currency, t.currency, p_at, r.exchange_sources), rates_lowest(p_payin.currency, t.currency, p_at))
            FROM trades t, terms r WHERE t.id = p_payin.trade_id)) END
$$;
