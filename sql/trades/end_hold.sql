-- internal: ends a trade and its hold with a transfer: `released` pays the seller and earns the fee, any other state gives all of it back
-- The caller has locked the trade and checked the move.
CREATE FUNCTION trades_end_hold(p_request_key text, p_trade trades, p_state text, p_at timestamptz)
RETURNS trades LANGUAGE plpgsql AS $$
DECLARE
    held  holds;
    lines ledger_line[];
    moved bigint;
    ended trades;
BEGIN
    SELECT * INTO STRICT held FROM holds WHERE trade_id = p_trade.id AND ended_by IS NULL FOR NO KEY UPDATE;
    lines := ARRAY[('held', NULL, held.currency, -held.amount)]::ledger_line[] || CASE p_state
        WHEN 'released' THEN ARRAY[
            ('available', p_trade.seller_id, held.currency, p_trade.amount - p_trade.seller_fee),
            ('fees', NULL, held.currency, p_trade.fee)]::ledger_line[]
        ELSE ARRAY[('available', held.user_id, held.currency, held.amount)]::ledger_line[] END;
    moved := ledger_transfer(
        p_request_key, CASE p_state WHEN 'released' THEN 'release' ELSE 'refund' END, p_trade.id, '', lines, p_at);
    UPDATE holds SET ended_by = moved, ended_at = p_at WHERE id = held.id;
    UPDATE trades SET state = p_state, ended_at = p_at WHERE id = p_trade.id RETURNING * INTO ended;
    RETURN ended;
END
$$;
