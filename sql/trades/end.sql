-- internal: ends a trade, and with a transfer all that it holds: `released` pays the seller and earns the fee, any other state
-- gives everything back, in the coins that are held. p_how says why, when the state does not.
-- The caller has locked the trade and checked the move.
CREATE FUNCTION trades_end(p_request_key text, p_trade trades, p_state text, p_at timestamptz, p_how text DEFAULT NULL)
RETURNS trades LANGUAGE plpgsql AS $$
DECLARE
    deed  text := CASE p_state WHEN 'released' THEN 'release' ELSE 'refund' END;
    lines ledger_line[];
    moved bigint;
    ended trades;
BEGIN
    SELECT array_agg(('held', NULL, currency, -amount)::ledger_line) INTO lines
    FROM (SELECT currency, sum(amount) AS amount FROM holds WHERE trade_id = p_trade.id AND ended_by IS NULL GROUP BY 1) held;
    IF lines IS NOT NULL THEN
        lines := lines || CASE p_state
            WHEN 'released' THEN ARRAY[
                ('available', p_trade.seller_id, p_trade.currency, p_trade.payout),
                ('fees', NULL, p_trade.currency, p_trade.held - p_trade.payout)]::ledger_line[]
            ELSE (SELECT array_agg(('available', p_trade.buyer_id, currency, -amount)::ledger_line) FROM unnest(lines)) END;
        moved := ledger_transfer(p_request_key, deed, p_trade.id, '', lines, p_at);
        UPDATE holds SET ended_by = moved, ended_at = p_at, ended_as = deed || CASE deed WHEN 'release' THEN 'd' ELSE 'ed' END
        WHERE trade_id = p_trade.id AND ended_by IS NULL;
    END IF;
    UPDATE trades SET state = p_state, ended_at = p_at, ended_how = p_how WHERE id = p_trade.id RETURNING * INTO ended;
    RETURN ended;
END
$$;
