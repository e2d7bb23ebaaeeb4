-- internal: why what is missing of a trade's price cannot be taken in another coin, as {reason, details}; null when it can
-- p_rest is what of it would come in one now. All of it that is not in the trade's currency is exchanged, parts that came before
-- with it: our position has the same end whatever the way, or paying a trade that is declined would be an exchange without one.
-- Parts alone are taken as long as they are promised, whatever became of our position since. Who runs LockBay is told as there.
CREATE FUNCTION trades_full(p_trade trades, p_rest numeric, p_parts holds[], p_at timestamptz) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    rules  terms;
    wanted numeric;
    owed   numeric;
    room   numeric;
BEGIN
    SELECT p_rest + coalesce(sum(worth), 0), coalesce(sum(worth) FILTER (WHERE p_at < price_until), 0) INTO wanted, owed
    FROM unnest(trades_needed(p_trade, p_parts, p_rest)) WHERE price IS NOT NULL;
    IF wanted = owed THEN RETURN NULL; END IF;
    SELECT * INTO rules FROM terms;
    room := exchange_room(p_trade.buyer_id, p_trade.id, rules, p_trade.currency, p_at);
    IF wanted > room THEN
        PERFORM exchange_tell(rules, p_trade.currency, wanted, p_at);
        RETURN jsonb_build_object('reason', CASE WHEN p_rest > 0 THEN 'position' ELSE 'parts_position' END,
            'details', jsonb_build_object('currency', p_trade.currency, 'left', room::text));
    END IF;
    RETURN NULL;
END
$$;
