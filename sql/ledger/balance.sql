-- internal: what a system account's postings sum to: its snapshot and what was written since
-- A snapshot of later than now is another server's, whose dump was restored here: see ledger/snapshot.
CREATE FUNCTION ledger_balance(p_kind text, p_currency text) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT coalesce(s.balance, 0) + coalesce((
        SELECT sum(p.amount) FROM postings p
        WHERE p.account_id = a.id AND p.version IS NULL AND p.written >= coalesce(s.upto, '0'::xid8)), 0)
    FROM accounts a
    LEFT JOIN ledger_snapshots s ON s.account_id = a.id AND s.upto <= pg_snapshot_xmin(pg_current_snapshot())
    WHERE a.owner = 0 AND a.kind = p_kind AND a.currency = p_currency
$$;
