-- internal: a trade as it is with what it is still to get back of a time in which nobody could act upon it
CREATE FUNCTION trades_later(p_trade trades, p_at timestamptz) RETURNS trades LANGUAGE sql STABLE AS $$
    SELECT later.* FROM trades_given_back(p_trade, clock_away_since(p_at, p_trade.id), p_at) later
$$;
