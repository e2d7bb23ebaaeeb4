-- internal: since when a payment that waits for the staff is known, where it came by a place of that trade: who paid in time did. Any
-- other one is for that trade from p_at on.
CREATE FUNCTION admin_seen(p_trade trades, p_event provider_events, p_at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT coalesce((
        SELECT deposits_seen(p, p_event.provider, p_event.event_id, p_event.currency, p_event.amount, p_event.at)
        FROM payins p WHERE id = p_event.payin_id AND trade_id = p_trade.id AND currency = p_event.currency), p_at)
$$;
