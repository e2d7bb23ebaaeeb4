-- internal: the parts of a trade's price as far as they are needed beside p_more of it: `returned` of a part's coin is over, `worth` counts
-- A part counts for more again when its coin has risen, after others came because it counted for less: together they may be more than
-- the price, and what a trade holds beyond that would be our fee. What came last is over first.
CREATE FUNCTION trades_needed(p_trade trades, p_parts holds[], p_more numeric) RETURNS holds[] LANGUAGE plpgsql STABLE AS $$
DECLARE
    room  numeric := p_trade.amount + p_trade.buyer_fee - p_more
        - coalesce((SELECT sum(worth) FROM unnest(p_parts) WHERE price IS NULL), 0);
    part  holds;
    parts holds[] := '{}';
BEGIN
    FOREACH part IN ARRAY p_parts LOOP
        IF part.price IS NOT NULL AND part.worth > room THEN
            part.worth := room;
            part.returned := part.amount - least(part.amount, (
                SELECT rates_cost(room, part.price, coin.scale, own.scale) FROM currencies coin, currencies own
                WHERE coin.code = part.currency AND own.code = p_trade.currency));
        END IF;
        room := room - CASE WHEN part.price IS NULL THEN 0 ELSE part.worth END;
        parts := parts || part;
    END LOOP;
    RETURN parts;
END
$$;
