-- internal: makes a trade paid, or paid more fully, with what it holds and one last piece
-- Converts all that is in other coins; what of it is over goes back to the wallet. Answers the transfer: null, and nothing is done, when the wallet has not enough; 0 when
-- nothing had to move.
-- p_amount of p_currency is the piece (0: none), p_worth what it is in the trade's currency, p_price null when that is its own.
-- p_parts are what it holds, as that counts; p_lines say where the piece comes from. The caller has locked the trade and checked the
-- move. What is converted moves our position: its lock comes before those of accounts, as in an exchange.
CREATE FUNCTION trades_cover(
    p_request_key text, p_trade trades, p_parts holds[], p_source text, p_currency text, p_amount numeric, p_worth numeric,
    p_price numeric, p_quote_id bigint, p_lines ledger_line[], p_payout numeric, p_at timestamptz
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    parts     CONSTANT holds[] := trades_needed(p_trade, p_parts, p_worth);
    lines     ledger_line[] := p_lines;
    native    numeric := CASE WHEN p_price IS NULL THEN p_amount ELSE 0 END;
    converted numeric := CASE WHEN p_price IS NULL THEN 0 ELSE p_worth END;
    part      holds;
    moved     bigint := 0;
    moves     boolean := p_amount > 0;
BEGIN
    FOR part IN SELECT * FROM unnest(parts) WHERE price IS NOT NULL LOOP
        lines := lines || ARRAY[
            ('held', NULL, part.currency, -part.amount),
            ('exchange', NULL, part.currency, part.amount - part.returned)]::ledger_line[];
        IF part.returned > 0 THEN
            lines := lines || ('available', p_trade.buyer_id, part.currency, part.returned)::ledger_line;
        END IF;
        converted := converted + part.worth;
        moves := true;
    END LOOP;
    IF p_price IS NOT NULL THEN
        lines := lines || ('exchange', NULL, p_currency, p_amount)::ledger_line;
    END IF;
    lines := lines || ARRAY[
        ('exchange', NULL, p_trade.currency, -converted),
        ('held', NULL, p_trade.currency, converted + native)]::ledger_line[];
    IF converted > 0 THEN
        PERFORM pg_advisory_xact_lock(hashtextextended('exchange ' || p_trade.currency, 0));
    END IF;
    IF moves THEN
        moved := ledger_transfer(p_request_key, 'pay', p_trade.id, '', lines, p_at);
        IF moved IS NULL THEN RETURN NULL; END IF;
    END IF;

    INSERT INTO conversions (
        transfer_id, user_id, trade_id, quote_id, from_wallet, from_currency, from_amount, to_currency, to_amount, price, at)
    SELECT moved, p_trade.buyer_id, p_trade.id, quote_id, from_wallet, currency, amount, p_trade.currency, worth, price, p_at
    FROM (
        SELECT currency, amount - returned AS amount, worth, price, false AS from_wallet, NULL::bigint AS quote_id
        FROM unnest(parts) WHERE price IS NOT NULL
        UNION ALL
        SELECT p_currency, p_amount, p_worth, p_price, p_source = 'wallet', p_quote_id WHERE p_price IS NOT NULL
    ) piece WHERE amount > 0;
    UPDATE holds h SET ended_by = moved, ended_at = p_at, ended_as = 'converted', returned = counted.returned
    FROM unnest(parts) counted WHERE h.id = counted.id AND counted.price IS NOT NULL;
    INSERT INTO holds (trade_id, user_id, currency, amount, began_by, began_at, source)
    SELECT p_trade.id, p_trade.buyer_id, p_trade.currency, amount, moved, p_at, source
    FROM (VALUES (native, p_source), (converted, 'conversion')) fresh (amount, source) WHERE amount > 0;
    UPDATE trades SET
        state = CASE WHEN paid_at IS NULL THEN 'paid' ELSE state END, paid_at = coalesce(paid_at, p_at),
        answer_by = coalesce(answer_by, p_at + (SELECT answer_window FROM terms)), payout = coalesce(payout, p_payout),
        held = (SELECT sum(amount) FROM holds WHERE trade_id = p_trade.id AND ended_by IS NULL)
    WHERE id = p_trade.id;
    IF p_trade.paid_at IS NULL THEN
        PERFORM groups_announce('opened', p_trade.id, NULL, p_at);
    END IF;
    RETURN moved;
END
$$;
