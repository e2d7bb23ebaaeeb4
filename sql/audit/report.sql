-- Proves the books from the rows alone, in one statement and so in one snapshot: every difference found, and the totals.
-- Each part below answers (kind, subject, expected, found), and answers nothing when the books are right.
WITH
system AS MATERIALIZED (
    SELECT a.id, a.kind, a.currency, coalesce(sum(p.amount), 0) AS balance, count(p.version) + count(p.balance_after) AS marked
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
-- What was told of cash-outs' ends, without what a correction names: that is booked.
told AS MATERIALIZED (
    SELECT e AS event, e.id, e.cashout_id, e.provider, e.outcome, e.txid
    FROM payout_events e
    WHERE e.outcome IN ('done', 'failed') AND e.cashout_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM corrections x JOIN payout_events named ON named.id = x.event_id
        WHERE x.state = 'approved' AND named.cashout_id = e.cashout_id AND named.outcome = e.outcome AND NOT cashout_twice(named, e))
),
-- What has to be posted, told by the rows that are the reasons: holds, conversions, trades, the providers' events.
reason AS (
    SELECT h.began_by AS transfer_id, coalesce(h.trade_id, 0) AS trade_id, line.kind, line.owner, h.currency, line.amount
    FROM holds h
    CROSS JOIN LATERAL (
        VALUES ('held', 0, h.amount, true), ('available', h.user_id, -h.amount, h.source = 'wallet')
    ) line (kind, owner, amount, due) WHERE line.due
    UNION ALL
    SELECT h.ended_by, coalesce(h.trade_id, 0), line.kind, line.owner, h.currency, line.amount
    FROM holds h
    CROSS JOIN LATERAL (
        VALUES ('held', 0, -h.amount, true), ('available', h.user_id, h.amount, h.ended_as = 'refunded'),
            ('available', h.user_id, h.returned, h.returned > 0)
    ) line (kind, owner, amount, due) WHERE h.ended_by IS NOT NULL AND line.due
    UNION ALL
    SELECT r.transfer_id, t.id, line.kind, line.owner, t.currency, line.amount
    FROM (SELECT DISTINCT trade_id, ended_by AS transfer_id FROM holds WHERE ended_as = 'released') r
    JOIN trades t ON t.id = r.trade_id
    CROSS JOIN LATERAL (
        VALUES ('available', t.seller_id, t.payout), ('fees', 0, t.held - t.payout)
    ) line (kind, owner, amount)
    UNION ALL
    SELECT r.transfer_id, t.id, line.kind, line.owner, t.currency, line.amount
    FROM (SELECT DISTINCT trade_id, ended_by AS transfer_id FROM holds WHERE ended_as = 'split') r
    JOIN trades t ON t.id = r.trade_id JOIN disputes d ON d.trade_id = t.id
    CROSS JOIN LATERAL (
        VALUES ('available', t.buyer_id, t.held - d.released), ('available', t.seller_id, d.released - d.fee), ('fees', 0, d.fee)
    ) line (kind, owner, amount)
    UNION ALL
    SELECT h.ended_by, 0, line.kind, 0, c.currency, line.amount
    FROM holds h JOIN cashouts c ON c.id = h.cashout_id
    CROSS JOIN LATERAL (VALUES ('payouts', c.net), ('fees', c.amount - c.net)) line (kind, amount)
    WHERE h.ended_as = 'paid_out'
    UNION ALL
    SELECT c.transfer_id, coalesce(c.trade_id, 0), line.kind, line.owner, line.currency, line.amount
    FROM conversions c
    CROSS JOIN LATERAL (
        VALUES ('exchange', 0, c.from_currency, c.from_amount, true), ('exchange', 0, c.to_currency, -c.to_amount, true),
               ('available', c.user_id, c.from_currency, -c.from_amount, c.from_wallet),
               ('available', c.user_id, c.to_currency, c.to_amount, c.to_wallet)
    ) line (kind, owner, currency, amount, due) WHERE line.due
    UNION ALL
    SELECT e.transfer_id, coalesce(e.trade_id, 0), line.kind, line.owner, e.currency, line.amount
    FROM provider_events e
    CROSS JOIN LATERAL (
        VALUES ('clearing:' || e.provider, 0, -e.moved), ('available', e.user_id, e.credited)
    ) line (kind, owner, amount)
    WHERE e.transfer_id IS NOT NULL
    UNION ALL
    SELECT r.transfer_id, 0, line.kind, line.owner, 'USDT', line.amount
    FROM referral_rewards r
    CROSS JOIN LATERAL (VALUES ('promotions', 0, -r.amount), ('credit', r.user_id, r.amount)) line (kind, owner, amount)
    UNION ALL
    SELECT c.transfer_id, c.trade_id, line.kind, line.owner, 'USDT', line.amount
    FROM credit_uses c
    CROSS JOIN LATERAL (VALUES ('credit', c.user_id, -c.amount), ('available', c.user_id, c.amount)) line (kind, owner, amount)
    UNION ALL
    SELECT x.ended_by, coalesce(t.trade_id, 0), line.kind, line.owner, e.currency, line.amount
    FROM unapplied x JOIN provider_events e ON e.id = x.event_id JOIN transfers t ON t.id = x.ended_by
    CROSS JOIN LATERAL (
        VALUES ('clearing:' || e.provider, 0, -x.amount, true), ('available', x.user_id, x.credited, true),
               ('payouts', 0, x.amount, x.ended_as = 'refunded')
    ) line (kind, owner, amount, due) WHERE line.due
    UNION ALL
    SELECT x.transfer_id, 0, line.kind, line.owner, x.currency, line.amount
    FROM corrections x
    CROSS JOIN LATERAL (
        VALUES ('corrections', 0, -x.amount, true), ('available', x.user_id, x.amount, x.event_id IS NULL),
               ('payouts', 0, x.amount, x.event_id IS NOT NULL)
    ) line (kind, owner, amount, due) WHERE x.transfer_id IS NOT NULL AND x.unapplied_id IS NULL AND line.due
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
    -- Openings make money of nothing: they come before everything else, or somebody opens the books again for themselves.
    SELECT 'opening', 'transfer ' || t.id, 'before transfer ' || began.id, t.at::text
    FROM transfers t, (SELECT min(id) AS id FROM transfers WHERE kind <> 'opening') began
    WHERE t.kind = 'opening' AND (t.id > began.id OR t.id < 1)
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
    -- A system account's postings have no versions: one that had would be missing wherever its balance is read.
    SELECT 'version', 'account ' || id, 'none', marked::text FROM system WHERE marked > 0
    UNION ALL
    SELECT 'balance_after', 'posting ' || id, running::text, balance_after::text
    FROM (
        SELECT id, balance_after, sum(amount) OVER (PARTITION BY account_id ORDER BY version) AS running
        FROM postings WHERE version IS NOT NULL
    ) p WHERE running IS DISTINCT FROM balance_after
    UNION ALL
    -- What is held, moved or disputed for a trade is of one that is there.
    SELECT 'trade_missing', 'trade ' || trade_id, 'a trade', 'none'
    FROM (SELECT trade_id FROM holds UNION SELECT trade_id FROM transfers UNION SELECT trade_id FROM disputes) named
    WHERE trade_id IS NOT NULL AND NOT EXISTS (SELECT FROM trades WHERE id = named.trade_id)
    UNION ALL
    -- A trade holds what it says while it is paid, parts of its price before that, and nothing when it has ended. What is paid its buyer
    -- cancels only where nobody has joined.
    SELECT 'hold', 'trade ' || t.id || ' ' || t.state,
        coalesce(CASE WHEN t.ended_at IS NULL THEN t.held END, 0) || ' open, '
            || coalesce(CASE WHEN t.ended_at IS NOT NULL THEN t.held END, 0) || ' ended, none elsewhere',
        coalesce(h.open, 0) || ' open, ' || coalesce(h.ended, 0) || ' ended' || CASE WHEN h.strange THEN ', some elsewhere' ELSE '' END
    FROM trades t
    LEFT JOIN disputes d ON d.trade_id = t.id
    CROSS JOIN LATERAL (
        SELECT CASE WHEN t.state = 'released' OR t.state = 'resolved' AND d.released = t.held THEN 'released'
            WHEN t.state = 'resolved' AND d.released > 0 THEN 'split' ELSE 'refunded' END AS way
    ) ending
    LEFT JOIN LATERAL (
        SELECT sum(amount) FILTER (WHERE ended_by IS NULL) AS open,
            sum(amount) FILTER (WHERE ended_as = ending.way) AS ended,
            bool_or(user_id <> t.buyer_id OR t.held IS NOT NULL AND ended_as IS DISTINCT FROM 'converted' AND currency <> t.currency
                OR ended_as IN ('released', 'split') AND ended_as <> ending.way OR ended_as = 'converted' AND t.held IS NULL) AS strange
        FROM holds WHERE trade_id = t.id
    ) h ON true
    WHERE h.strange OR CASE
        WHEN t.held IS NOT NULL THEN t.state IN ('awaiting_payment', 'underpaid', 'expired')
            OR t.state = 'cancelled' AND t.seller_id IS NOT NULL
            OR coalesce(h.open, 0) <> CASE WHEN t.ended_at IS NULL THEN t.held ELSE 0 END
            OR coalesce(h.ended, 0) <> CASE WHEN t.ended_at IS NOT NULL THEN t.held ELSE 0 END
        ELSE t.state NOT IN ('awaiting_payment', 'underpaid', 'cancelled', 'declined', 'expired')
            OR (h.open IS NOT NULL) <> (t.state = 'underpaid') END
    UNION ALL
    -- A dispute is open as long as its trade is disputed, and ends as that does: by a decision, whose percentage says what each side
    -- gets, or because a side gave in.
    SELECT 'dispute', 'trade ' || t.id || ' ' || t.state,
        CASE WHEN t.state IN ('released', 'refunded') THEN 'conceded' WHEN t.state = 'resolved' THEN
            coalesce(part.released || ' released, fee ' || part.fee, 'decided') WHEN t.state = 'disputed' THEN 'open' ELSE 'none' END,
        CASE WHEN d.id IS NULL THEN 'none' WHEN d.how IS NULL THEN 'open'
            ELSE d.how || ', ' || d.released || ' released, fee ' || d.fee || ', ' || d.resolved_at END
    FROM trades t
    LEFT JOIN disputes d ON d.trade_id = t.id
    LEFT JOIN currencies c ON c.code = t.currency
    LEFT JOIN LATERAL disputes_split(t.held, t.payout, c.scale, d.seller_percent) part ON d.id IS NOT NULL
    WHERE (d.id IS NOT NULL OR t.state IN ('disputed', 'resolved')) AND (CASE
        WHEN t.state = 'disputed' THEN d.id IS NOT NULL AND d.how IS NULL
        WHEN d.how IS NULL THEN false
        WHEN t.state = 'resolved' THEN d.how <> 'conceded' WHEN t.state = 'released' THEN d.how = 'conceded' AND d.seller_percent = 100
        WHEN t.state = 'refunded' THEN d.how = 'conceded' AND d.seller_percent = 0 ELSE false END
        AND (d.resolved_at, d.released, d.fee, d.buyer_id, d.seller_id) IS NOT DISTINCT FROM (
            t.ended_at, CASE WHEN d.how IS NOT NULL THEN part.released END, CASE WHEN d.how IS NOT NULL THEN part.fee END,
            t.buyer_id, t.seller_id)) IS NOT TRUE
    UNION ALL
    -- A cash-out holds its amount until it ends: paid out when it is done, else given back.
    SELECT 'cashout', 'cash-out ' || coalesce(c.id, h.cashout_id) || coalesce(' ' || c.state, ''),
        coalesce(c.amount || ' ' || c.currency, 'nothing'),
        coalesce(h.amount || ' ' || h.currency || ' ' || coalesce(h.ended_as, 'held'), 'nothing')
    FROM cashouts c FULL JOIN (SELECT * FROM holds WHERE cashout_id IS NOT NULL) h ON h.cashout_id = c.id
    WHERE c.id IS NULL OR (h.amount, h.currency, h.user_id, h.ended_as) IS DISTINCT FROM (c.amount, c.currency, c.user_id,
        CASE WHEN c.state = 'done' THEN 'paid_out' WHEN c.ended_at IS NOT NULL THEN 'refunded' END)
    UNION ALL
    -- What is to arrive is what was asked for, as the transfer says that took it out of the wallet. Older ones say nothing.
    SELECT 'cashout_net', 'cash-out ' || c.id || ' ' || c.state, t.note, 'net ' || c.net
    FROM cashouts c JOIN holds h ON h.cashout_id = c.id JOIN transfers t ON t.id = h.began_by
    WHERE t.note <> '' AND t.note <> 'net ' || trim_scale(c.net)
    UNION ALL
    -- It ends for a reason: somebody paid it, let it fail or decided, or its owner took back what nobody had begun to send.
    SELECT 'cashout_reason', 'cash-out ' || c.id || ' ' || c.state, 'a reason', 'none'
    FROM cashouts c
    CROSS JOIN LATERAL (
        SELECT coalesce(bool_or(outcome = 'done'), false) AS paid, coalesce(bool_or(outcome = 'failed'), false) AS failed
        FROM told WHERE cashout_id = c.id
    ) told
    WHERE NOT CASE c.state WHEN 'done' THEN told.paid WHEN 'refunded' THEN told.failed OR c.decided_by IS NOT NULL
        WHEN 'declined' THEN c.decided_by IS NOT NULL WHEN 'cancelled' THEN c.sending_at IS NULL
        ELSE c.state NOT IN ('sending', 'sent', 'unknown') OR c.sending_at IS NOT NULL END
    UNION ALL
    -- Money that left twice: paid and given back, or paid by two payments. Or that was lost: done, and failed after all.
    SELECT 'cashout_told', 'cash-out ' || c.id || ' ' || c.state,
        CASE c.state WHEN 'done' THEN 'one payment' ELSE 'no payment' END,
        string_agg(e.provider || ' ' || e.outcome || coalesce(' ' || e.txid, ''), ', ' ORDER BY e.id)
    FROM cashouts c JOIN told e ON e.cashout_id = c.id
    GROUP BY c.id
    HAVING c.state <> 'done' AND bool_or(e.outcome = 'done')
        OR c.state = 'done' AND EXISTS (
            SELECT FROM told one JOIN told other ON other.cashout_id = one.cashout_id AND other.id <> one.id
            WHERE one.cashout_id = c.id AND one.outcome = 'done' AND (
                other.outcome = 'done' AND cashout_twice(one.event, other.event)
                OR other.outcome = 'failed' AND other.provider = one.provider))
    UNION ALL
    -- What two of the staff booked of a payout is what that payout had moved.
    SELECT 'correction', 'correction ' || x.id, CASE e.outcome WHEN 'done' THEN c.net WHEN 'failed' THEN -c.net END || ' ' || c.currency,
        x.amount || ' ' || x.currency
    FROM corrections x JOIN payout_events e ON e.id = x.event_id JOIN cashouts c ON c.id = e.cashout_id
    WHERE x.state = 'approved'
        AND (x.amount, x.currency) IS DISTINCT FROM (CASE e.outcome WHEN 'done' THEN c.net WHEN 'failed' THEN -c.net END, c.currency)
    UNION ALL
    -- The seller gets the price, or less when less was paid and agreed to; what is missing comes out of the fee.
    SELECT 'payout', 'trade ' || id, (amount - seller_fee) || ' of ' || (amount + buyer_fee), payout || ' of ' || held
    FROM trades t
    WHERE held > amount + buyer_fee
        OR payout <> amount - seller_fee AND (held >= amount + buyer_fee OR payout <> trades_reduced(t, held))
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
    -- All that a provider told of a payment is applied once or unapplied; what is pending moves nothing.
    SELECT 'event', 'event ' || e.provider || ' ' || e.event_id || ' ' || e.currency,
        greatest(coalesce(max(e.amount) FILTER (WHERE NOT e.pending), 0), 0)::text,
        sum(e.moved) || ' applied, ' || coalesce(sum(x.amount), 0) || ' unapplied'
    FROM provider_events e LEFT JOIN unapplied x ON x.event_id = e.id
    GROUP BY e.provider, e.event_id, e.currency
    HAVING sum(e.moved) + coalesce(sum(x.amount), 0) <> greatest(coalesce(max(e.amount) FILTER (WHERE NOT e.pending), 0), 0)
    UNION ALL
    -- What was applied went to whose place to pay in it came to, and to the trade that this was made for.
    SELECT 'payin', 'event ' || e.provider || ' ' || e.event_id || ' ' || e.currency,
        coalesce('user ' || p.user_id || coalesce(' trade ' || p.trade_id, '') || ', ' || p.currency || ' ' || p.network, 'a place'),
        coalesce('user ' || e.user_id, 'nobody') || coalesce(' trade ' || e.trade_id, '') || ', ' || e.currency || ' ' || e.network
    FROM provider_events e LEFT JOIN payins p ON p.id = e.payin_id
    WHERE e.moved > 0
        AND (e.user_id, e.trade_id, e.currency, e.network) IS DISTINCT FROM (p.user_id, p.trade_id, p.currency, p.network)
    UNION ALL
    -- What came in by a provider's clearing account is what it told, without what waits unapplied or was never in the books.
    SELECT 'clearing', provider || ' ' || currency, coalesce(e.amount, 0)::text, coalesce(s.amount, 0)::text
    FROM (
        SELECT e.provider, e.currency, sum(e.moved + CASE WHEN x.ended_by IS NOT NULL THEN x.amount ELSE 0 END) AS amount
        FROM provider_events e LEFT JOIN unapplied x ON x.event_id = e.id GROUP BY e.provider, e.currency
    ) e
    FULL JOIN (
        SELECT substr(kind, length('clearing:') + 1) AS provider, currency, -balance AS amount
        FROM system WHERE kind LIKE 'clearing:%'
    ) s USING (provider, currency)
    WHERE coalesce(e.amount, 0) <> coalesce(s.amount, 0)
    UNION ALL
    -- What the books cannot hold, an unknown coin or an amount finer than its coin, can only go back.
    SELECT 'unapplied', 'unapplied ' || x.id, 'a transfer', 'none'
    FROM unapplied x JOIN provider_events e ON e.id = x.event_id LEFT JOIN currencies c ON c.code = e.currency
    WHERE x.ended_as IS NOT NULL AND x.ended_by IS NULL
        AND (x.ended_as <> 'refunded' OR x.amount = trunc(x.amount, c.scale) AND x.amount < 1e15)
    UNION ALL
    SELECT 'quote', 'quote ' || q.id, 'charged as shown', coalesce(c.from_amount || ' for ' || c.to_amount, 'nothing')
    FROM quotes q LEFT JOIN conversions c ON c.quote_id = q.id
    WHERE (q.used_by, q.user_id, q.from_currency, q.from_amount, q.to_currency, q.to_amount) IS DISTINCT FROM
            (c.transfer_id, c.user_id, c.from_currency, c.from_amount, c.to_currency, c.to_amount)
        AND (q.used_by IS NOT NULL OR c.id IS NOT NULL)
    UNION ALL
    -- Nothing leaves a wallet as another coin, for it or for a trade, at a price that was not promised for that, or is not any more.
    SELECT 'exchange', 'conversion ' || c.id, coalesce('by ' || q.valid_until, 'a quote'), c.at::text
    FROM conversions c LEFT JOIN quotes q ON q.id = c.quote_id
    WHERE c.from_wallet AND (q.id IS NULL OR c.at >= q.valid_until OR (c.price, c.trade_id) IS DISTINCT FROM (q.price, q.trade_id))
    UNION ALL
    -- Nobody gets more for a coin than its price says, rounded as a trade does, or an exchange; nor gives a unit of it too many.
    SELECT 'conversion', 'conversion ' || v.id, v.from_amount || ' ' || v.from_currency || ' at ' || v.price,
        v.to_amount || ' ' || v.to_currency
    FROM conversions v JOIN currencies c ON c.code = v.to_currency JOIN currencies given ON given.code = v.from_currency
    CROSS JOIN LATERAL (
        SELECT v.from_amount * v.price AS most, (v.from_amount - 10::numeric ^ -least(given.scale, 8)) * v.price AS least) worth
    WHERE v.to_amount > greatest(round(worth.most, c.scale), round(worth.most, least(c.scale, 8)))
        OR v.to_amount < trunc(worth.least, least(c.scale, 8))
    UNION ALL
    -- Whoever brought somebody was here before them.
    SELECT 'referral', 'user ' || u.id, 'brought by somebody who was here', 'user ' || u.referred_by
    FROM users u LEFT JOIN users r ON r.id = u.referred_by
    WHERE u.referred_by IS NOT NULL AND (r.onboarded_at IS NULL OR r.onboarded_at > u.onboarded_at)
    UNION ALL
    -- Fee credit was given to whoever came by a link, and to whose link it was when they had traded enough.
    SELECT 'referral_reward', r.kind || ' of user ' || r.referred_id,
        CASE r.kind WHEN 'newcomer' THEN 'somebody who came by a link'
            ELSE coalesce('user ' || u.referred_by, 'nobody') || ' for ' || r.needed || ' USD' END,
        'user ' || r.user_id || CASE r.kind WHEN 'referrer' THEN ' for ' || referrals_volume(u.id) || ' USD' ELSE '' END
    FROM referral_rewards r JOIN users u ON u.id = r.referred_id
    WHERE u.referred_by IS NULL OR u.onboarded_at IS NULL OR r.kind = 'referrer' AND (
        r.user_id <> u.referred_by OR referrals_volume(u.id) < r.needed)
    UNION ALL
    -- Fee credit pays fees that were earned, to whoever bore them: no more than they are worth, which in USDT is what they are.
    SELECT 'credit_use', 'trade ' || t.id || ' ' || t.state || ', user ' || c.user_id, 'a share of an earned fee',
        c.fee || ' ' || t.currency || ' for ' || c.worth || ' USDT'
    FROM credit_uses c JOIN trades t ON t.id = c.trade_id LEFT JOIN disputes d ON d.trade_id = t.id
    WHERE t.state NOT IN ('released', 'resolved') OR c.user_id NOT IN (t.buyer_id, t.seller_id)
        OR c.fee IS DISTINCT FROM (referrals_share(t, c.user_id, coalesce(d.fee, t.held - t.payout), c.at)).share
        OR t.currency = 'USDT' AND c.worth <> c.fee
    UNION ALL
    SELECT 'snapshot', 'account ' || s.account_id, coalesce(sum(p.amount), 0)::text, s.balance::text
    FROM ledger_snapshots s LEFT JOIN postings p ON p.account_id = s.account_id AND p.written < s.upto
    WHERE s.upto <= pg_snapshot_xmin(pg_current_snapshot())
    GROUP BY s.account_id HAVING coalesce(sum(p.amount), 0) <> s.balance
)
SELECT
    coalesce((
        SELECT jsonb_agg(jsonb_build_object(
            'kind', kind, 'subject', coalesce(subject, 'nobody knows'), 'expected', coalesce(expected, 'nothing'),
            'found', coalesce(found, 'nothing')))
        FROM (SELECT * FROM difference ORDER BY kind, subject LIMIT 1000) d), '[]') AS differences,
    (
        SELECT jsonb_agg(jsonb_build_object(
            'currency', c.code,
            'came_in', coalesce((SELECT -sum(balance) FROM system WHERE currency = c.code AND kind LIKE 'clearing:%'), 0)::text,
            'opening', coalesce((SELECT -sum(balance) FROM system WHERE currency = c.code AND kind = 'equity'), 0)::text,
            'promotions', coalesce((SELECT -sum(balance) FROM system WHERE currency = c.code AND kind = 'promotions'), 0)::text,
            'people', coalesce((SELECT sum(balance) FROM person WHERE currency = c.code), 0)::text,
            'held', coalesce((SELECT sum(balance) FROM system WHERE currency = c.code AND kind = 'held'), 0)::text,
            'fees', coalesce((SELECT sum(balance) FROM system WHERE currency = c.code AND kind = 'fees'), 0)::text,
            'exchange', coalesce((SELECT sum(balance) FROM system WHERE currency = c.code AND kind = 'exchange'), 0)::text,
            'went_out', coalesce((SELECT sum(balance) FROM system WHERE currency = c.code AND kind = 'payouts'), 0)::text,
            'corrections', coalesce((SELECT sum(balance) FROM system WHERE currency = c.code AND kind = 'corrections'), 0)::text
        ) ORDER BY c.position) FROM currencies c) AS totals,
    (SELECT count(*) FROM transfers) AS transfers,
    (SELECT count(*) FROM postings) AS postings,
    (SELECT count(*) FROM trades) AS trades,
    (SELECT count(*) FROM unapplied WHERE ended_as IS NULL) AS unapplied
