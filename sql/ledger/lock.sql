-- internal: makes the accounts that p_lines add to and that are missing, and locks those of people, as ledger_transfer would if it
-- were one transfer
-- For a statement of several transfers: called with all that they will touch, before the first of them, it keeps the one order.
CREATE FUNCTION ledger_lock(p_lines ledger_line[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO accounts (user_id, kind, currency, balance, version)
    SELECT DISTINCT line.user_id, line.kind, line.currency, 0, 0
    FROM unnest(p_lines) line
    WHERE line.user_id IS NOT NULL AND line.amount > 0 AND NOT EXISTS (
        SELECT FROM accounts a WHERE a.owner = line.user_id AND a.kind = line.kind AND a.currency = line.currency)
    ORDER BY line.user_id, line.kind, line.currency
    ON CONFLICT DO NOTHING;
    PERFORM FROM accounts a JOIN (SELECT DISTINCT user_id, kind, currency FROM unnest(p_lines)) line
        ON a.owner = line.user_id AND a.kind = line.kind AND a.currency = line.currency
    ORDER BY a.id FOR NO KEY UPDATE OF a;
END
$$;
