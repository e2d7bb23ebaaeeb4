-- internal: why what is missing of a trade's price cannot be taken in another coin, as {reason, details}; null when it can
-- All of it that is not in the trade's currency is exchanged, parts that came before with it: our position has the same end
-- whatever the way, or paying a trade that is declined would be an exchange without one. Who runs LockBay is told as there.
CREATE FUNCTION trades_full(p_trade trades, p_at timestamptz) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    rules  terms;
    wanted numeric;
    room   numeric;
BEGIN
    SELECT * INTO rules FROM terms;
    SELECT trades_missing(p_trade) + coalesce(sum(worth), 0) INTO wanted
    FROM holds WHERE trade_id = p_trade.id AND ended_by IS NULL;
    room := exchange_position(rules, p_trade.currency, p_at);
    IF wanted > room THEN
        PERFORM exchange_tell(rules, p_trade.currency, wanted, room::text, p_at);
        RETURN jsonb_build_object('reason', 'position', 'details', jsonb_build_object(
            'currency', p_trade.currency, 'left', room::text));
    END IF;
    RETURN NULL;
END
$$;
