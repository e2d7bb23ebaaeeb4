-- internal: what a trade takes one unit of a payment's coin for; null for the trade's own currency, and when nobody can tell
-- A payin of this trade keeps the price that its payer was shown, as far as it was promised when the payment was seen.
CREATE FUNCTION admin_price(p_trade trades, p_event provider_events, p_at timestamptz) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN p_event.currency <> p_trade.currency THEN coalesce((
        SELECT deposits_price(p, admin_seen(p_trade, p_event, p_at), p_at)
        FROM payins p WHERE id = p_event.payin_id AND trade_id = p_trade.id AND currency = p_event.currency
    ), rates_price(p_event.currency, p_trade.currency, p_at)) END
$$;
