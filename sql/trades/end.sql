-- internal: ends a trade, and with a transfer all that it holds: `released` pays the seller and earns the fee, `resolved` does so
-- with what its dispute's decision released, any other state gives everything back, in the coins that are held. p_how says
-- why, when the state does not. A dispute that was not decided ends, too.
-- The caller has locked the trade and checked the move.
CREATE FUNCTION trades_end(p_request_key text, p_trade trades, p_state text, p_at timestamptz, p_how text DEFAULT NULL)
RETURNS trades LANGUAGE plpgsql AS $$
DECLARE
    freed numeric := CASE p_state WHEN 'released' THEN p_trade.held
        WHEN 'resolved' THEN (SELECT released FROM disputes WHERE trade_id = p_trade.id) ELSE 0 END;
    cost  numeric := CASE p_state WHEN 'released' THEN p_trade.held - p_trade.payout
        WHEN 'resolved' THEN (SELECT fee FROM disputes WHERE trade_id = p_trade.id) ELSE 0 END;
    deed  text := CASE freed WHEN 0 THEN 'refund' WHEN p_trade.held THEN 'release' ELSE 'split' END;
    lines ledger_line[];
    moved bigint;
    ended trades;
BEGIN
    IF p_trade.state = 'disputed' AND p_state <> 'resolved' THEN
        PERFORM disputes_concede(p_trade, p_state, p_how, p_at);
    END IF;
    SELECT array_agg(('held', NULL, currency, -amount)::ledger_line) INTO lines
    FROM (SELECT currency, sum(amount) AS amount FROM holds WHERE trade_id = p_trade.id AND ended_by IS NULL GROUP BY 1) held;
    IF freed > 0 THEN
        PERFORM referrals_settle(p_request_key, p_trade, cost, round(p_trade.usd_held * freed / p_trade.held, 2), p_at);
    END IF;
    IF lines IS NOT NULL THEN
        lines := lines || CASE deed
            WHEN 'refund' THEN (
                SELECT array_agg(('available', p_trade.buyer_id, currency, -amount)::ledger_line) FROM unnest(lines))
            ELSE (
                SELECT array_agg(line) FROM unnest(ARRAY[
                    ('available', p_trade.buyer_id, p_trade.currency, p_trade.held - freed),
                    ('available', p_trade.seller_id, p_trade.currency, freed - cost),
                    ('fees', NULL, p_trade.currency, cost)]::ledger_line[]) line WHERE line.amount > 0) END;
        moved := ledger_transfer(p_request_key, deed, p_trade.id, '', lines, p_at);
        UPDATE holds SET ended_by = moved, ended_at = p_at,
            ended_as = CASE deed WHEN 'release' THEN 'released' WHEN 'refund' THEN 'refunded' ELSE deed END
        WHERE trade_id = p_trade.id AND ended_by IS NULL;
    END IF;
    UPDATE trades SET state = p_state, ended_at = p_at, ended_how = p_how WHERE id = p_trade.id RETURNING * INTO ended;
    IF p_state = 'released' THEN
        PERFORM groups_announce('completed', p_trade.id, NULL, p_at);
    END IF;
    RETURN ended;
END
$$;
