-- internal: what a payment is worth in a trade's currency; null when nobody can tell
CREATE FUNCTION admin_worth(p_trade trades, p_event provider_events, p_amount numeric, p_at timestamptz)
RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN p_event.currency = p_trade.currency THEN p_amount
        ELSE round(p_amount * admin_price(p_trade, p_event, p_at), c.scale) END
    FROM currencies c WHERE c.code = p_trade.currency
$$;
