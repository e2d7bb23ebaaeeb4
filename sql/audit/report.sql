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
held_by AS MATERIALIZED (
    SELECT p.transfer_id, p.amount FROM postings p JOIN system s ON s.id = p.account_id WHERE s.kind = 'held'
),
paid AS MATERIALIZED (
    SELECT p.transfer_id, coalesce(n.kind, s.kind) AS kind, n.user_id, sum(p.amount) AS amount
    FROM transfers t
    JOIN postings p ON p.transfer_id = t.id
    LEFT JOIN person n ON n.id = p.account_id
    LEFT JOIN system s ON s.id = p.account_id
    WHERE t.kind IN ('deposit', 'release', 'refund')
    GROUP BY 1, 2, 3
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
    -- Each paid trade has one hold, which ends when the trade does.
    SELECT 'hold', 'trade ' || t.id || ' ' || t.state,
        CASE WHEN t.paid_at IS NULL THEN 'no hold' WHEN t.ended_at IS NULL THEN '1 open hold' ELSE '1 ended hold' END,
        count(h.id) FILTER (WHERE h.ended_by IS NULL) || ' open, ' || count(h.ended_by) || ' ended'
    FROM trades t LEFT JOIN holds h ON h.trade_id = t.id
    GROUP BY t.id
    HAVING count(h.id) FILTER (WHERE h.ended_by IS NULL) <> (t.paid_at IS NOT NULL AND t.ended_at IS NULL)::int
        OR count(h.ended_by) <> (t.paid_at IS NOT NULL AND t.ended_at IS NOT NULL)::int
    UNION ALL
    SELECT 'hold_amount', 'hold ' || h.id, (t.amount + t.buyer_fee)::text || ' ' || t.currency, h.amount || ' ' || h.currency
    FROM holds h JOIN trades t ON t.id = h.trade_id
    WHERE (h.amount, h.currency, h.user_id) IS DISTINCT FROM (t.amount + t.buyer_fee, t.currency, t.buyer_id)
    UNION ALL
    SELECT 'hold_transfer', 'hold ' || h.id, h.amount || ' held by ' || h.began_by, coalesce(p.amount::text, 'nothing')
    FROM holds h LEFT JOIN held_by p ON p.transfer_id = h.began_by WHERE p.amount IS DISTINCT FROM h.amount
    UNION ALL
    SELECT 'hold_transfer', 'hold ' || h.id, h.amount || ' let go by ' || h.ended_by, coalesce((-p.amount)::text, 'nothing')
    FROM holds h LEFT JOIN held_by p ON p.transfer_id = h.ended_by
    WHERE h.ended_by IS NOT NULL AND p.amount IS DISTINCT FROM -h.amount
    UNION ALL
    SELECT 'held_unowned', 'transfer ' || p.transfer_id, 'a hold', 'none'
    FROM held_by p
    WHERE NOT EXISTS (SELECT FROM holds WHERE began_by = p.transfer_id)
        AND NOT EXISTS (SELECT FROM holds WHERE ended_by = p.transfer_id)
    UNION ALL
    SELECT 'held_total', c.code, coalesce(h.amount, 0)::text, coalesce(s.balance, 0)::text
    FROM currencies c
    LEFT JOIN (SELECT currency, sum(amount) AS amount FROM holds WHERE ended_by IS NULL GROUP BY currency) h ON h.currency = c.code
    LEFT JOIN system s ON s.currency = c.code AND s.kind = 'held'
    WHERE coalesce(h.amount, 0) <> coalesce(s.balance, 0)
    UNION ALL
    -- Each trade pays out what it held: the seller's part and the fee, or all of it to the buyer.
    SELECT 'payout', 'trade ' || t.id || ' ' || t.state,
        due.amount || ' to ' || coalesce('user ' || due.user_id, 'fees'), coalesce(paid.amount, 0)::text
    FROM trades t
    JOIN holds h ON h.trade_id = t.id AND h.ended_by IS NOT NULL
    CROSS JOIN LATERAL (
        VALUES ('available', t.seller_id, t.amount - t.seller_fee, true), ('fees', NULL, t.fee, true),
               ('available', t.buyer_id, t.amount + t.buyer_fee, false)
    ) due (kind, user_id, amount, released)
    LEFT JOIN paid ON paid.transfer_id = h.ended_by AND paid.kind = due.kind AND paid.user_id IS NOT DISTINCT FROM due.user_id
    WHERE due.released = (t.state = 'released') AND due.amount <> coalesce(paid.amount, 0)
    UNION ALL
    -- Every confirmed event is applied once or unapplied; a pending one moves nothing.
    SELECT 'event', 'event ' || e.provider || ' ' || e.event_id,
        CASE WHEN e.pending THEN 'not applied' ELSE 'applied or unapplied' END,
        CASE WHEN e.transfer_id IS NULL THEN 'not applied' ELSE 'applied' END
            || CASE WHEN x.id IS NULL THEN '' ELSE ' and unapplied' END
    FROM provider_events e LEFT JOIN unapplied x ON x.event_id = e.id
    WHERE (e.transfer_id IS NOT NULL)::int + (x.id IS NOT NULL)::int <> (NOT e.pending)::int
    UNION ALL
    SELECT 'event_amount', 'event ' || e.provider || ' ' || e.event_id, e.amount::text, coalesce(paid.amount, 0)::text
    FROM provider_events e
    LEFT JOIN paid ON paid.transfer_id = e.transfer_id AND paid.kind = 'available' AND paid.user_id = e.user_id
    WHERE e.transfer_id IS NOT NULL AND paid.amount IS DISTINCT FROM e.amount
    UNION ALL
    SELECT 'deposit_unexplained', 'transfer ' || t.id, 'an event', 'none'
    FROM transfers t
    WHERE t.kind = 'deposit'
        AND NOT EXISTS (SELECT FROM provider_events WHERE transfer_id = t.id)
        AND NOT EXISTS (SELECT FROM unapplied WHERE ended_by = t.id)
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
