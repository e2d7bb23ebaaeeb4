-- internal: moves money of many people out of their wallets into what is held, a transfer for each, as ledger_transfer would one by
-- one. Raises where somebody has not enough: the caller has locked the balances, and looked. Of one person there is one.
CREATE FUNCTION ledger_hold(
    p_request_keys text[], p_kind text, p_user_ids bigint[], p_currencies text[], p_amounts numeric[], p_notes text[], p_at timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    written int;
BEGIN
    WITH taken AS (
        UPDATE accounts a SET balance = a.balance - ask.amount, version = a.version + 1
        FROM unnest(p_request_keys, p_user_ids, p_currencies, p_amounts, p_notes) ask (request_key, user_id, currency, amount, note)
        WHERE a.owner = ask.user_id AND a.currency = ask.currency AND a.kind = 'available' AND a.balance >= ask.amount
        RETURNING ask.request_key, ask.note, a.id, a.currency, ask.amount, a.balance, a.version
    ), moved AS (
        INSERT INTO transfers (request_key, kind, note, at)
        SELECT request_key, p_kind, note, p_at FROM taken RETURNING id, request_key
    )
    INSERT INTO postings (transfer_id, account_id, currency, amount, balance_after, version)
    SELECT moved.id, line.*
    FROM moved JOIN taken USING (request_key)
    JOIN accounts held ON held.owner = 0 AND held.currency = taken.currency AND held.kind = 'held'
    CROSS JOIN LATERAL (VALUES
        (taken.id, taken.currency, -taken.amount, taken.balance, taken.version),
        (held.id, taken.currency, taken.amount, NULL, NULL)) line;
    GET DIAGNOSTICS written = ROW_COUNT;
    IF written <> 2 * cardinality(p_request_keys) THEN
        RAISE EXCEPTION 'a balance was not locked' USING ERRCODE = 'LB002';
    END IF;
END
$$;
