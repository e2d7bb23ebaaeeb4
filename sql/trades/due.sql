-- internal: when the time of a trade is over, with what it is still to get back of a time in which nobody could act upon it
CREATE FUNCTION trades_due(p_trade trades, p_at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT p_trade.due_at + (later.given_back - p_trade.given_back)
    FROM trades_later(p_trade, p_at) later
$$;
