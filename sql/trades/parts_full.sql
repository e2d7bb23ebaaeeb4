-- internal: why parts that came in other coins cannot be converted where the rest is not, as trades_full; null when they can
-- Takes the exchange's turn where there are any: of two at once the second sees what the first has used of our position.
CREATE FUNCTION trades_parts_full(p_trade trades, p_parts holds[], p_at timestamptz) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('exchange ' || p_trade.currency, 0)) WHERE EXISTS (
        SELECT FROM unnest(p_parts) WHERE price IS NOT NULL);
    RETURN trades_full(p_trade, 0, p_parts, p_at);
END
$$;
