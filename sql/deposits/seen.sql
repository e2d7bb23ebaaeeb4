-- internal: since when a payment is known to be of that much or more; p_at when it is new, or was held back for longer than a trade waits
-- for what was seen, the time left out in which nobody could act
-- A chain may be slow, and who paid in time did. But who sends money decides how slow, and whether it ever comes: a price from before must
-- not be worth holding it back for a day, or they would let it come when the coin has fallen, and never when it has risen.
CREATE FUNCTION deposits_seen(
    p_payin payins, p_provider text, p_event_id text, p_currency text, p_value numeric, p_at timestamptz
) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN min(e.at) > p_at - t.confirmation_window - coalesce((
            SELECT (trades_later(trade, p_at)).given_back FROM trades trade WHERE id = p_payin.trade_id), '0')
        THEN min(e.at) ELSE p_at END
    FROM terms t LEFT JOIN provider_events e ON e.provider = p_provider AND e.event_id = p_event_id AND e.currency = p_currency
        AND e.payin_id = p_payin.id AND e.amount >= p_value
    GROUP BY t.confirmation_window
$$;
