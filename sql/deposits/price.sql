-- internal: what one unit that is paid in, and was first seen at p_seen, is taken for in the currency of its trade; null: it is that
CREATE FUNCTION deposits_price(p_payin payins, p_seen timestamptz, p_at timestamptz) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT rates_promised(
        p_payin.price,
        deposits_price_until(p_payin, p_at),
        p_payin.currency, (SELECT currency FROM trades WHERE id = p_payin.trade_id), p_seen, p_at)
$$;
