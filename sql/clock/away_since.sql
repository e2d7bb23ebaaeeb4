-- internal: since when nobody can act upon a trade, as LockBay is closed, or was away for so long that the time is given back and the
-- trade does not have it yet; null: they can
-- Without a trade: upon the last one, which gets its time after all others.
CREATE FUNCTION clock_away_since(p_at timestamptz, p_trade_id bigint DEFAULT 9223372036854775807)
RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT least(
        (SELECT since FROM absences WHERE given_at IS NULL AND given_to < p_trade_id ORDER BY id LIMIT 1), maintenance_since,
        CASE WHEN shortest_outage > '0' AND served_at <= p_at - shortest_outage THEN served_at END)
    FROM house, terms
$$;
