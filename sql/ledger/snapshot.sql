-- Sums the system accounts' postings up to now, so that ledger_balance adds only what came later.
-- `written` is a transaction's number: below the snapshot's xmin every transaction has ended, so no posting can appear there any more,
-- and nobody has to be locked out. Two at once do no harm: the later upto wins. A dump that was restored into another server, whose
-- transaction numbers begin anew, has postings and snapshots of later than now. Such a snapshot counts nowhere and is replaced;
-- such postings are among what was written since until the numbers have come so far.
INSERT INTO ledger_snapshots (account_id, balance, upto, at)
SELECT
    a.id,
    coalesce(s.balance, 0) + coalesce((
        SELECT sum(p.amount) FROM postings p
        WHERE p.account_id = a.id AND p.version IS NULL
            AND p.written >= coalesce(s.upto, '0'::xid8) AND p.written < horizon.upto), 0),
    horizon.upto, :at
FROM accounts a
CROSS JOIN (SELECT pg_snapshot_xmin(pg_current_snapshot()) AS upto) horizon
LEFT JOIN ledger_snapshots s ON s.account_id = a.id AND s.upto <= horizon.upto
WHERE a.owner = 0
ON CONFLICT (account_id) DO UPDATE SET balance = excluded.balance, upto = excluded.upto, at = excluded.at
WHERE ledger_snapshots.upto < excluded.upto OR ledger_snapshots.upto > pg_snapshot_xmax(pg_current_snapshot())
