-- internal: what a trade holds, in the order in which it came; `price` and `worth` are what counts of each for what was seen at p_seen
-- A part in another coin is given back in that coin, so its price cannot stand for as long as a rest may be missing: whoever waits
-- would let the trade end when the coin has risen, and pay the rest when it has fallen. Prices change while somebody acts:
-- who moves money asks once, and goes on with the answer.
CREATE FUNCTION trades_counted(p_trade trades, p_seen timestamptz, p_at timestamptz) RETURNS holds[] LANGUAGE plpgsql STABLE AS $$
DECLARE
    digits int := (SELECT scale FROM currencies WHERE code = p_trade.currency);
    since  timestamptz := clock_away_since(p_at, p_trade.id);
    part   holds;
    parts  holds[] := '{}';
BEGIN
    FOR part IN SELECT * FROM holds WHERE trade_id = p_trade.id AND ended_by IS NULL ORDER BY id LOOP
        part.price_until := rates_resumed(part.price_until, p_trade.created_at, since, p_at);
        part.price := rates_promised(part.price, part.price_until, part.currency, p_trade.currency, p_seen, p_at);
        part.worth := CASE WHEN part.price IS NULL THEN part.amount ELSE round(part.amount * part.price, digits) END;
        parts := parts || part;
    END LOOP;
    RETURN parts;
END
$$;
