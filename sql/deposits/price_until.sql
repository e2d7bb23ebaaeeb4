-- internal: until when the price of a place to pay in is promised, with what its trade is still to get back; null: it has none
CREATE FUNCTION deposits_price_until(p_payin payins, p_at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT rates_resumed(p_payin.price_until, p_payin.created_at, clock_away_since(p_at, p_payin.trade_id), p_at)
$$;
