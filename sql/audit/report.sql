-- Proves the books from the rows alone, in one statement and so in one snapshot: every difference found, and the totals.
-- Each part below answers (kind, subject, expected, found), and answers nothing when the books are right.
WITH
system AS MATERIALIZED (
    SELECT a.id, a.kind, a.currency, coalesce(sum(p.amount), 0) AS balance
    FROM accounts a LEFT JOIN postings p ON p.account_id = a.id
    WHERE a.user_id IS NULL GROUP BY a.id
),
person AS MATERIALIZED (
    SELECT a.id, a.user_id, a.kind, a.currency, a.balance, a.version,
        coalesce(p.total, 0) AS total, coalesce(p.postings, 0) AS postings, coalesce(p.last, 0) AS last
    FROM accounts a
    LEFT JOIN (
        SELECT account_id, sum(amount) AS total, count(*) AS postings, max(version) AS last FROM postings GROUP BY account_id
    ) p ON p.account_id = a.id
    WHERE a.user_id IS NOT NULL
),
-- What has to be posted, told by the rows that are the reasons: holds, their trades, the providers' events.
reason AS (
    SELECT h.began_by AS transfer_id, h.trade_id, line.kind, line.owner, h.currency, line.amount
    FROM holds h
    CROSS JOIN LATERAL (VALUES ('available', h.user_id, -h.amount), ('held', 0, h.amount)) line (kind, owner, amount)
    UNION ALL
    SELECT h.ended_by, h.trade_id, line.kind, line.owner, h.currency, line.amount
    FROM holds h JOIN trades t ON t.id = h.trade_id
    CROSS JOIN LATERAL (
        VALUES ('held', 0, -h.amount, NULL),
               ('available', t.seller_id, t.amount - t.seller_fee, true), ('fees', 0, t.fee, true),
               ('available', t.buyer_id, t.amount + t.buyer_fee, false)
    ) line (kind, owner, amount, released)
    WHERE h.ended_by IS NOT NULL AND line.released IS DISTINCT FROM (t.state <> 'released')
    UNION ALL
    SELECT e.transfer_id, 0, line.kind, line.owner, e.currency, line.amount
    FROM provider_events e
    CROSS JOIN LATERAL (
        VALUES ('clearing:' || e.provider, 0, -e.amount), ('available', e.user_id, e.amount)
    ) line (kind, owner, amount)
    WHERE e.transfer_id IS NOT NULL
    UNION ALL
    SELECT x.ended_by, coalesce(t.trade_id, 0), 'clearing:' || e.provider, 0, e.currency, -e.amount
    FROM unapplied x JOIN provider_events e ON e.id = x.event_id JOIN transfers t ON t.id = x.ended_by
    UNION ALL
    -- Who gets unapplied money is somebody's decision.
    SELECT x.ended_by, coalesce(t.trade_id, 0), a.kind, a.owner, p.currency, p.amount
    FROM unapplied x JOIN transfers t ON t.id = x.ended_by
    JOIN postings p ON p.transfer_id = t.id JOIN accounts a ON a.id = p.account_id
    WHERE a.kind NOT LIKE 'clearing:%'
),
explained AS (
    SELECT transfer_id, trade_id, kind, owner, currency, sum(amount) AS amount
    FROM reason GROUP BY 1, 2, 3, 4, 5 HAVING sum(amount) <> 0
),
-- What was posted. What people had when the books were opened has no other reason.
posted AS (
    SELECT p.transfer_id, coalesce(t.trade_id, 0) AS trade_id, a.kind, a.owner, p.currency, sum(p.amount) AS amount
    FROM postings p JOIN transfers t ON t.id = p.transfer_id JOIN accounts a ON a.id = p.account_id
    WHERE NOT (t.kind = 'opening' AND CASE a.kind WHEN 'equity' THEN p.amount < 0 ELSE a.owner <> 0 AND p.amount > 0 END)
    GROUP BY 1, 2, 3, 4, 5
),
difference AS (
    -- Every transfer sums to zero, and is one.
    SELECT 'transfer_unbalanced' AS kind, 'transfer ' || transfer_id || ' ' || currency AS subject,
        '0' AS expected, sum(amount)::text AS found
    FROM postings GROUP BY transfer_id, currency HAVING sum(amount) <> 0
    UNION ALL
    SELECT 'transfer_empty', 'transfer ' || t.id, 'postings', 'none'
    FROM transfers t WHERE NOT EXISTS (SELECT FROM postings WHERE transfer_id = t.id)
    UNION ALL
    SELECT 'posting_orphan', 'posting ' || p.id, p.currency, coalesce(a.currency, 'no account')
    FROM postings p LEFT JOIN accounts a ON a.id = p.account_id
    WHERE a.currency IS DISTINCT FROM p.currency
        OR NOT EXISTS (SELECT FROM transfers WHERE id = p.transfer_id)
    UNION ALL
    -- What came in is what people have, by their stored balances, and what is held, earned and paid out.
    SELECT 'conservation', currency, '0', sum(balance)::text
    FROM (SELECT currency, balance FROM system UNION ALL SELECT currency, balance FROM person) a
    GROUP BY currency HAVING sum(balance) <> 0
    UNION ALL
    SELECT 'balance', 'account ' || id, total::text, balance::text FROM person WHERE balance <> total
    UNION ALL
    SELECT 'overdrawn', 'account ' || id, 'at least 0', balance::text FROM person WHERE balance < 0
    UNION ALL
    SELECT 'version', 'account ' || id, version::text, postings || ' postings, the last ' || last
    FROM person WHERE version <> postings OR version <> last
    UNION ALL
    SELECT 'balance_after', 'posting ' || id, running::text, balance_after::text
    FROM (
        SELECT id, balance_after, sum(amount) OVER (PARTITION BY account_id ORDER BY version) AS running
        FROM postings WHERE version IS NOT NULL
    ) p WHERE running <> balance_after
    UNION ALL
    -- A trade has one hold while it is paid, which ends when the trade does.
    SELECT 'hold', 'trade ' || t.id || ' ' || t.state, due.open || ' open, ' || due.ended || ' ended',
        count(h.id) FILTER (WHERE h.ended_by IS NULL) || ' open, ' || count(h.ended_by) || ' ended'
    FROM trades t
    CROSS JOIN LATERAL (
        SELECT (t.state IN ('paid', 'accepted', 'delivered'))::int, (t.state IN ('released', 'declined', 'refunded'))::int
    ) due (open, ended)
    LEFT JOIN holds h ON h.trade_id = t.id
    GROUP BY t.id, due.open, due.ended
    HAVING count(h.id) FILTER (WHERE h.ended_by IS NULL) <> due.open OR count(h.ended_by) <> due.ended
    UNION ALL
    SELECT 'hold_amount', 'hold ' || h.id, (t.amount + t.buyer_fee)::text || ' ' || t.currency, h.amount || ' ' || h.currency
    FROM holds h JOIN trades t ON t.id = h.trade_id
    WHERE (h.amount, h.currency, h.user_id) IS DISTINCT FROM (t.amount + t.buyer_fee, t.currency, t.buyer_id)
    UNION ALL
    SELECT 'held_total', c.code, coalesce(h.amount, 0)::text, coalesce(s.balance, 0)::text
    FROM currencies c
    LEFT JOIN (SELECT currency, sum(amount) AS amount FROM holds WHERE ended_by IS NULL GROUP BY currency) h ON h.currency = c.code
    LEFT JOIN system s ON s.currency = c.code AND s.kind = 'held'
    WHERE coalesce(h.amount, 0) <> coalesce(s.balance, 0)
    UNION ALL
    -- Every transfer posts what its reason says, no more and nowhere else: a trade pays out what it held.
    SELECT 'transfer', 'transfer ' || transfer_id || CASE trade_id WHEN 0 THEN '' ELSE ' of trade ' || trade_id END
            || ', ' || kind || CASE owner WHEN 0 THEN '' ELSE ' of user ' || owner END || ', ' || currency,
        coalesce(e.amount::text, 'nothing'), coalesce(p.amount::text, 'nothing')
    FROM explained e FULL JOIN posted p USING (transfer_id, trade_id, kind, owner, currency)
    WHERE e.amount IS DISTINCT FROM p.amount
    UNION ALL
    -- Every confirmed event is applied once or unapplied; a pending one moves nothing.
    SELECT 'event', 'event ' || e.provider || ' ' || e.event_id,
        CASE WHEN e.pending THEN 'not applied' ELSE 'applied or unapplied' END,
        CASE WHEN e.transfer_id IS NULL THEN 'not applied' ELSE 'applied' END
            || CASE WHEN x.id IS NULL THEN '' ELSE ' and unapplied' END
    FROM provider_events e LEFT JOIN unapplied x ON x.event_id = e.id
    WHERE (e.transfer_id IS NOT NULL)::int + (x.id IS NOT NULL)::int <> (NOT e.pending)::int
    UNION ALL
    SELECT 'unapplied', 'unapplied ' || id, 'a transfer', 'none' FROM unapplied WHERE ended_as IS NOT NULL AND ended_by IS NULL
    UNION ALL
    SELECT 'snapshot', 'account ' || s.account_id, coalesce(sum(p.amount), 0)::text, s.balance::text
    FROM ledger_snapshots s LEFT JOIN postings p ON p.account_id = s.account_id AND p.written < s.upto
    GROUP BY s.account_id HAVING coalesce(sum(p.amount), 0) <> s.balance
)
SELECT
    coalesce((
        SELECT jsonb_agg(to_jsonb(d)) FROM (SELECT * FROM difference ORDER BY kind, subject LIMIT 1000) d), '[]') AS differences,
    (
        SELECT jsonb_agg(jsonb_build_object(
            'currency', c.code,
            'came_in', coalesce((SELECT -sum(balance) FROM system WHERE currency = c.code AND kind LIKE 'clearing:%'), 0)::text,
            'opening', coalesce((SELECT -sum(balance) FROM system WHERE currency = c.code AND kind = 'equity'), 0)::text,
            'people', coalesce((SELECT sum(balance) FROM person WHERE currency = c.code), 0)::text,
            'held', coalesce((SELECT sum(balance) FROM system WHERE currency = c.code AND kind = 'held'), 0)::text,
            'fees', coalesce((SELECT sum(balance) FROM system WHERE currency = c.code AND kind = 'fees'), 0)::text,
            'exchange', coalesce((SELECT sum(balance) FROM system WHERE currency = c.code AND kind = 'exchange'), 0)::text,
            'went_out', coalesce((SELECT sum(balance) FROM system WHERE currency = c.code AND kind = 'payouts'), 0)::text
        ) ORDER BY c.position) FROM currencies c) AS totals,
    (SELECT count(*) FROM transfers) AS transfers,
    (SELECT count(*) FROM postings) AS postings,
    (SELECT count(*) FROM trades) AS trades,
    (SELECT count(*) FROM unapplied WHERE ended_as IS NULL) AS unapplied
