-- internal: moves money. Answers the transfer's id; null, and nothing is written, when somebody has not enough.
-- The caller has locked its subject row before. Accounts that are missing are made in one order (never one to take from), user
-- accounts are locked in one order: two transfers never wait for each other. System accounts are not locked: nobody asks whether they have enough.
CREATE FUNCTION ledger_transfer(
    p_request_key text, p_kind text, p_trade_id bigint, p_note text, p_lines ledger_line[], p_at timestamptz
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    enough  boolean;
    made_id bigint;
BEGIN
    INSERT INTO accounts (user_id, kind, currency, balance, version)
    SELECT DISTINCT line.user_id, line.kind, line.currency,
        CASE WHEN line.user_id IS NOT NULL THEN 0 END, CASE WHEN line.user_id IS NOT NULL THEN 0 END
    FROM unnest(p_lines) line
    WHERE (line.amount > 0 OR line.user_id IS NULL) AND NOT EXISTS (
        SELECT FROM accounts a
        WHERE a.owner = coalesce(line.user_id, 0) AND a.kind = line.kind AND a.currency = line.currency)
    ORDER BY line.user_id, line.kind, line.currency
    ON CONFLICT DO NOTHING;

    WITH change AS MATERIALIZED (
        SELECT coalesce(user_id, 0) AS owner, kind, currency, sum(amount) AS delta FROM unnest(p_lines) GROUP BY 1, 2, 3
    ), locked AS MATERIALIZED (
        SELECT a.balance, change.delta FROM accounts a JOIN change USING (owner, kind, currency)
        WHERE a.user_id IS NOT NULL ORDER BY a.id FOR NO KEY UPDATE OF a
    )
    SELECT coalesce(bool_and(balance + delta >= 0), true) AND count(*) = (SELECT count(*) FROM change WHERE owner <> 0)
    INTO enough FROM locked;
    IF NOT enough THEN
        RETURN NULL;
    END IF;

    INSERT INTO transfers (request_key, kind, trade_id, note, at)
    VALUES (p_request_key, p_kind, p_trade_id, p_note, p_at) RETURNING id INTO made_id;

    WITH change AS MATERIALIZED (
        SELECT a.id, a.user_id, currency, sum(line.amount) AS delta
        FROM unnest(p_lines) line
        JOIN accounts a USING (currency, kind)
        WHERE a.owner = coalesce(line.user_id, 0)
        GROUP BY a.id, a.user_id, currency HAVING sum(line.amount) <> 0
    ), moved AS (
        UPDATE accounts a SET balance = a.balance + change.delta, version = a.version + 1
        FROM change WHERE a.id = change.id AND change.user_id IS NOT NULL
        RETURNING a.id, a.balance, a.version
    )
    INSERT INTO postings (transfer_id, account_id, currency, amount, balance_after, version)
    SELECT made_id, change.id, change.currency, change.delta, moved.balance, moved.version
    FROM change LEFT JOIN moved USING (id);
    RETURN made_id;
END
$$;
