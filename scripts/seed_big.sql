-- Everything that scripts/seed_big.py makes, in one transaction. `size` (users, trades, busy, at) is there already.
-- People are numbered from 1, their ids are 1000000 and more: 1 is the busiest, with `busy` trades, 2 is an owner, 3 of support,
-- 4 of finance; the staff, until 10, does not trade. What moves money is collected as lines first; transfers, postings and balances
-- are made of those, so that the books are right whatever is seeded.
SET LOCAL session_replication_role = replica;
SET LOCAL work_mem = '256MB';
SET LOCAL maintenance_work_mem = '512MB';
SET LOCAL timezone = 'UTC';
SELECT setseed(0.5);

CREATE TEMP TABLE indexes ON COMMIT DROP AS
SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS definition
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid);
DO $$
DECLARE
    command text;
BEGIN
    FOR command IN SELECT 'DROP INDEX ' || name FROM indexes LOOP EXECUTE command; END LOOP;
END
$$;

CREATE TEMP TABLE coin ON COMMIT DROP AS
SELECT code, price, sum(share) OVER (ORDER BY code) - share AS low, sum(share) OVER (ORDER BY code) AS high, scale,
    least(scale, 8)::int AS digits, network, provider FROM (VALUES
    ('USDT', 1, 0.70, 'TRC20', 'blockbee'), ('BTC', 90000, 0.08, 'BTC', 'blockbee'), ('ETH', 3000, 0.06, 'ETH', 'blockbee'),
    ('LTC', 90, 0.04, 'LTC', 'blockbee'), ('DOGE', 0.15, 0.02, 'DOGE', 'blockbee'), ('TRX', 0.28, 0.03, 'TRX', 'blockbee'),
    ('NGN', 0.00069, 0.07, 'BANK', 'fincra')) coins (code, price, share, network, provider)
JOIN currencies USING (code);

-- People.
INSERT INTO users (id, username, first_name, language, email, email_verified_at, phone, phone_verified_at, terms_at, onboarded_at,
    slug, referred_by, referred_at, blocked_at, blocked_why, created_at)
SELECT 1000000 + n, 'user' || n, 'User ' || n, CASE WHEN n % 9 = 0 THEN 'fr' ELSE 'en' END,
    CASE WHEN n % 3 = 0 THEN 'user' || n || '@example.com' END, CASE WHEN n % 3 = 0 THEN came END,
    CASE WHEN n % 4 = 0 THEN '+234' || 8000000000 + n END, CASE WHEN n % 4 = 0 THEN came END, came, came, 'u' || n,
    CASE WHEN n > 20 AND n % 20 = 0 THEN 1000001 WHEN n > 20 AND n % 20 = 5 THEN 1000000 + n / 2 END,
    CASE WHEN n > 20 AND n % 20 IN (0, 5) THEN came END,
    CASE WHEN n % 997 = 0 THEN at END, CASE WHEN n % 997 = 0 THEN 'fraud' END, came
FROM size, generate_series(1, users) n, LATERAL (SELECT at - interval '400 days' + n * interval '34 days' / users AS came) time;
INSERT INTO staff (user_id, role, by_settings, added_by, added_at)
SELECT 1000000 + n, role, false, 1000002, at - interval '400 days' FROM size, (VALUES (2, 'owner'), (3, 'support'), (4, 'finance')) team (n, role);
INSERT INTO verifications (user_id, purpose, email, nonce, hash, sent_at, expires_at, used_at)
SELECT 1000000 + n, 'email', 'user' || n || '@example.com', 'nonce', '\x00', at - interval '300 days', at - interval '299 days', at
FROM size, generate_series(3, users, 3) n;
INSERT INTO extra_contacts (user_id, kind, value, verified_at, created_at)
SELECT 1000000 + n, 'email', 'other' || n || '@example.com', at, at FROM size, generate_series(1, users, 8) n;
INSERT INTO destinations (user_id, label, currency, network, address, created_at)
SELECT 1000000 + n, 'Mine ' || k, 'USDT', 'TRC20', 'T' || n || 'x' || k, at
FROM size, generate_series(1, users, 3) n, generate_series(1, CASE n WHEN 1 THEN 40 ELSE 1 END) k;
INSERT INTO conversations (user_id, id, flow, args, entries, question, deadline, updated_at)
SELECT 1000000 + n, n, 'menu', '[]', '[]', 1, CASE WHEN n % 50 = 0 THEN at + (n % 100) * interval '1 minute' END,
    at - (n % 1000) * interval '1 minute'
FROM size, generate_series(11, users, 7) n;
INSERT INTO dead_letters (update_id, user_id, body, error, at)
SELECT n, 1000011 + n % users / 2, '{}', 'ValueError: no', at - n * interval '1 hour' FROM size, generate_series(1, users / 100) n;

-- Prices: of each minute of the last day, of each hour before.
INSERT INTO rates (source, base, quote, price, at)
SELECT source, code, 'USD', price * (1 + (extract(epoch FROM moment)::bigint % 100) / 20000.0), moment
FROM size, coin, unnest(ARRAY['seed', 'other']) source, LATERAL (
    SELECT generate_series(at - interval '90 days', at - interval '25 hours', interval '1 hour') AS moment
    UNION ALL SELECT generate_series(at - interval '24 hours', at, interval '1 minute')) moments;

-- Trades: 7 of 100 are going on.
CREATE TEMP TABLE raw ON COMMIT DROP AS
SELECT n, random() AS draw, random() AS age, random() AS wealth, random() AS coins,
    11 + floor(random() * (users - 11))::bigint AS one, 11 + floor(random() * (users - 11))::bigint AS other
FROM size, generate_series(1, trades) n;
CREATE TEMP TABLE deal ON COMMIT DROP AS
WITH picked AS (
    SELECT raw.*, state, at AS now, CASE state
            WHEN 'awaiting_payment' THEN interval '61 minutes' WHEN 'underpaid' THEN interval '100 minutes' WHEN 'paid' THEN interval '23 hours'
            WHEN 'accepted' THEN interval '3 days' WHEN 'delivered' THEN interval '60 hours' WHEN 'disputed' THEN interval '20 days'
            ELSE interval '364 days' END * age + CASE WHEN state IN ('awaiting_payment', 'underpaid') THEN interval '0' ELSE interval '1 hour' END AS old
    FROM size, raw, LATERAL (SELECT CASE
        WHEN draw < 0.010 THEN 'awaiting_payment' WHEN draw < 0.012 THEN 'underpaid' WHEN draw < 0.027 THEN 'paid'
        WHEN draw < 0.047 THEN 'accepted' WHEN draw < 0.065 THEN 'delivered' WHEN draw < 0.070 THEN 'disputed'
        WHEN draw < 0.21 THEN 'cancelled' WHEN draw < 0.36 THEN 'expired' WHEN draw < 0.39 THEN 'declined'
        WHEN draw < 0.45 THEN 'refunded' WHEN draw < 0.48 THEN 'resolved' ELSE 'released' END AS state) chosen
), priced AS (
    SELECT p.*, c.code AS currency, c.scale, c.network, c.provider, round((10 + 990 * wealth ^ 3)::numeric, 2) AS usd, c.price, c.digits,
        now - old AS created_at, least(interval '6 days' * (wealth + 0.1), old * 0.9) AS took
    FROM picked p JOIN coin c ON p.coins >= c.low AND p.coins < c.high
)
SELECT row_number() OVER (ORDER BY created_at, n) AS id, state, currency, scale, network, provider, usd, created_at, old, now,
    CASE WHEN n <= busy AND n % 2 = 0 THEN 1 ELSE one END AS buyer,
    CASE WHEN n <= busy AND n % 2 = 1 THEN 1 WHEN other = one THEN CASE other WHEN 11 THEN 12 ELSE other - 1 END ELSE other END AS seller,
    round(usd / price, digits) AS amount, round(usd / price * 0.05, digits) AS fee,
    state NOT IN ('awaiting_payment', 'underpaid', 'cancelled', 'expired') AS paid,
    state IN ('accepted', 'delivered', 'disputed', 'resolved', 'released') OR state = 'refunded' AND n % 2 = 0 AS accepted,
    CASE WHEN state IN ('awaiting_payment', 'underpaid') THEN created_at + old / 2 ELSE created_at + took / 100 END AS paid_at,
    created_at + took / 10 AS accepted_at, created_at + took / 2 AS delivered_at,
    state IN ('delivered', 'disputed', 'resolved') OR state = 'released' AND n % 25 <> 0 AS marked,
    created_at + took AS ended_at,
    CASE n % 4 WHEN 0 THEN 'seller' WHEN 1 THEN 'split' ELSE 'buyer' END AS fee_payer,
    (ARRAY[0, 30, 50, 70, 100])[1 + n % 5] AS percent, n % 5 = 0 AS by_wallet
FROM size, priced;
ALTER TABLE deal ADD COLUMN buyer_fee numeric, ADD COLUMN held numeric, ADD COLUMN payout numeric, ADD COLUMN part numeric,
    ADD COLUMN released numeric, ADD COLUMN cost numeric;
UPDATE deal SET buyer_fee = CASE fee_payer WHEN 'buyer' THEN fee WHEN 'seller' THEN 0 ELSE fee - trunc(fee / 2, scale) END;
UPDATE deal SET held = CASE WHEN paid THEN amount + buyer_fee END, payout = CASE WHEN paid THEN amount - fee + buyer_fee END,
    part = CASE state WHEN 'underpaid' THEN trunc(amount / 2, scale) END;
UPDATE deal SET (released, cost) = (SELECT s.released, s.fee FROM disputes_split(held, payout, scale, percent) s) WHERE state = 'resolved';
CREATE UNIQUE INDEX ON deal (id);
ANALYZE deal;

INSERT INTO trades (id, slug, buyer_id, seller_id, seller_kind, seller_handle, currency, amount, fee_payer, fee, buyer_fee, seller_fee,
    description, delivery_hours, usd_worth, state, version, created_at, pay_by, paid_at, answer_by, accepted_at, deliver_by,
    refund_at, delivered_at, release_at, ended_at, held, payout, choose_by, underpaid_at, ended_how, reminded, remind_at)
OVERRIDING SYSTEM VALUE
SELECT id, 'T-' || lpad(upper(to_hex(id)), 6, '0'), 1000000 + buyer, CASE WHEN accepted OR state = 'declined' OR id % 20 <> 0 THEN 1000000 + seller END, 'username',
    '@user' || seller, currency, amount, fee_payer, fee, buyer_fee, fee - buyer_fee, 'Thing ' || id, 72, usd, state, 1, created_at,
    created_at + interval '60 minutes', CASE WHEN paid THEN paid_at END, CASE WHEN paid THEN paid_at + interval '24 hours' END,
    CASE WHEN accepted THEN accepted_at END, CASE WHEN accepted THEN accepted_at + interval '72 hours' END,
    CASE WHEN accepted THEN accepted_at + interval '96 hours' END,
    CASE WHEN marked THEN delivered_at END, CASE WHEN marked THEN delivered_at + interval '48 hours' END,
    CASE WHEN state IN ('cancelled', 'expired', 'declined', 'refunded', 'resolved', 'released') THEN ended_at END,
    held, payout, CASE state WHEN 'underpaid' THEN paid_at + interval '2 hours' END, CASE state WHEN 'underpaid' THEN paid_at END,
    CASE WHEN state = 'refunded' AND id % 3 = 0 THEN 'agreed' END, done.ahead, next_reminder(clock.since, clock.deadline, done.ahead)
FROM deal
LEFT JOIN LATERAL (SELECT since, deadline FROM (VALUES
    ('awaiting_payment', created_at, created_at + interval '60 minutes'), ('underpaid', paid_at, paid_at + interval '2 hours'),
    ('paid', paid_at, paid_at + interval '24 hours'), ('accepted', accepted_at, accepted_at + interval '72 hours'),
    ('delivered', delivered_at, delivered_at + interval '48 hours')) clocks (of, since, deadline) WHERE of = state) clock ON true
LEFT JOIN LATERAL (SELECT min(ahead) AS ahead FROM reminders() ahead
    WHERE clock.deadline - ahead > clock.since AND clock.deadline - ahead <= now AND id % 50 <> 0) done ON clock.since IS NOT NULL
ORDER BY id;
SELECT setval(pg_get_serial_sequence('trades', 'id'), (SELECT max(id) FROM deal));
INSERT INTO invitations (trade_id, token, kind, handle, user_id, created_at, joined_at)
SELECT id, 'token' || id, seller_kind, ltrim(seller_handle, '@'), seller_id, created_at, CASE WHEN seller_id IS NOT NULL THEN created_at END
FROM trades ORDER BY id;
INSERT INTO disputes (trade_id, buyer_id, seller_id, opened_by, role, reason, text, opened_at, assigned_to, assigned_at, alerted_at,
    resolved_at, resolved_by, how, seller_percent, released, fee, why)
SELECT id, 1000000 + buyer, 1000000 + seller, 1000000 + buyer, 'buyer', 'not_as_described', 'It is not what was described.',
    delivered_at + interval '1 minute', CASE WHEN id % 2 = 0 THEN 1000003 END, CASE WHEN id % 2 = 0 THEN delivered_at + interval '2 minutes' END,
    CASE WHEN delivered_at < now - interval '25 hours' AND id % 50 <> 0 THEN delivered_at + interval '24 hours' END,
    CASE WHEN ended THEN ended_at END, CASE WHEN ended THEN 1000003 END,
    CASE WHEN ended THEN CASE percent WHEN 0 THEN 'refund' WHEN 100 THEN 'release' ELSE 'split' END END,
    CASE WHEN ended THEN percent END, released, cost, CASE WHEN ended THEN 'As the chat shows.' END
FROM deal, LATERAL (SELECT state = 'resolved' AS ended) fate WHERE state IN ('disputed', 'resolved') ORDER BY id;

-- What moves money. `ref` is a transfer: 16 for each trade, others from 10^12 on.
CREATE TEMP TABLE line (ref bigint, at timestamptz, deed text, trade_id bigint, account text, owner bigint, currency text, amount numeric)
ON COMMIT DROP;
INSERT INTO line
SELECT id * 16 + step, moment, deed, CASE WHEN step > 0 THEN id END, account, owner, currency, sum
FROM deal, LATERAL (
    SELECT 0 AS step, paid_at - interval '1 second' AS moment, 'deposit' AS deed, account, owner, sum
    FROM (VALUES ('clearing:' || provider, 0, -held), ('available', 1000000 + buyer, held)) l (account, owner, sum) WHERE paid AND by_wallet
    UNION ALL
    SELECT 1, paid_at, CASE WHEN by_wallet THEN 'pay' ELSE 'part' END, account, owner, sum
    FROM (VALUES (CASE WHEN by_wallet THEN 'available' ELSE 'clearing:' || provider END, CASE WHEN by_wallet THEN 1000000 + buyer ELSE 0 END, -held),
        ('held', 0, held)) l (account, owner, sum) WHERE paid
    UNION ALL
    SELECT 1, paid_at, 'part', account, owner, sum
    FROM (VALUES ('clearing:' || provider, 0, -part), ('held', 0, part)) l (account, owner, sum) WHERE state = 'underpaid'
    UNION ALL
    SELECT 2, ended_at, 'release', account, owner, sum
    FROM (VALUES ('held', 0, -held), ('available', 1000000 + seller, payout), ('fees', 0, held - payout)) l (account, owner, sum) WHERE state = 'released'
    UNION ALL
    SELECT 2, ended_at, 'refund', account, owner, sum
    FROM (VALUES ('held', 0, -held), ('available', 1000000 + buyer, held)) l (account, owner, sum) WHERE state IN ('declined', 'refunded')
    UNION ALL
    SELECT 2, ended_at, CASE percent WHEN 0 THEN 'refund' WHEN 100 THEN 'release' ELSE 'split' END, account, owner, sum
    FROM (VALUES ('held', 0, -held), ('available', 1000000 + buyer, held - released), ('available', 1000000 + seller, released - cost),
        ('fees', 0, cost)) l (account, owner, sum) WHERE state = 'resolved'
) moves WHERE sum <> 0;

-- Cash-outs of what sellers earned.
CREATE TEMP TABLE outflow ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY id) AS id, id AS trade_id, 1000000 + seller AS user_id, currency, network, provider, payout AS amount,
    payout - round(payout * 0.01, scale) AS net, usd, ended_at + interval '1 second' AS created_at,
    CASE WHEN ended_at > now - interval '3 days'
        THEN (ARRAY['awaiting_approval', 'requested', 'sending', 'waiting', 'sent'])[1 + id % 5]
        WHEN id % 40 = 0 THEN 'refunded' WHEN id % 40 = 1 THEN 'declined' WHEN id % 40 = 2 THEN 'cancelled' ELSE 'done' END AS state
FROM deal WHERE state = 'released' AND id % 7 = 0;
INSERT INTO cashouts (id, slug, user_id, currency, network, amount, net, usd_worth, address, bank_code, bank_name, account_name, proven, reference,
    state, provider, external_id, txid, created_at, decided_by, decided_at, sending_at, ask_at, ended_at)
OVERRIDING SYSTEM VALUE
SELECT id, 'C-' || lpad(upper(to_hex(id)), 6, '0'), user_id, currency, network, amount, net, usd, 'address' || user_id,
    CASE network WHEN 'BANK' THEN '044' ELSE '' END, CASE network WHEN 'BANK' THEN 'A bank' ELSE '' END, CASE network WHEN 'BANK' THEN 'A' ELSE '' END,
    false, 'co-' || id, state, CASE WHEN state IN ('done', 'refunded', 'sending', 'sent') THEN provider END,
    CASE WHEN state IN ('done', 'sent') THEN 'x' || id END, CASE state WHEN 'done' THEN 'tx-out-' || id END, created_at,
    CASE state WHEN 'declined' THEN 1000004 END, CASE state WHEN 'declined' THEN created_at END,
    CASE WHEN state IN ('done', 'refunded', 'sending', 'sent') THEN created_at END,
    CASE WHEN state IN ('requested', 'sending', 'sent') THEN at + (id % 60 - 2) * interval '1 minute' END,
    CASE WHEN state IN ('done', 'refunded', 'declined', 'cancelled') THEN created_at + interval '1 second' END
FROM size, outflow ORDER BY id;
SELECT setval(pg_get_serial_sequence('cashouts', 'id'), (SELECT max(id) FROM outflow));
INSERT INTO payout_events (provider, reference, cashout_id, outcome, body, headers, at, external_id, txid)
SELECT provider, 'co-' || id, id, CASE state WHEN 'done' THEN 'done' ELSE 'failed' END, '{}', '{}', created_at, 'x' || id,
    CASE state WHEN 'done' THEN 'tx-out-' || id END
FROM outflow WHERE state IN ('done', 'refunded') ORDER BY id;
INSERT INTO payout_events (provider, reference, outcome, body, headers, at, external_id, txid)
SELECT 'blockbee', 'unknown-' || n, 'done', '{}', '{}', at, 'unknown' || n, 'tx-unknown-' || n FROM size, generate_series(1, users / 500) n;
INSERT INTO payout_alarms (event_id, ended_by, ended_at, note)
SELECT id, CASE WHEN id % 2 = 0 THEN 1000004 END, CASE WHEN id % 2 = 0 THEN at END, CASE WHEN id % 2 = 0 THEN 'Looked into' END
FROM payout_events WHERE cashout_id IS NULL;
INSERT INTO line
SELECT trade_id * 16 + step, created_at + (step - 3) * interval '1 second', deed, NULL, account, owner, currency, sum
FROM outflow, LATERAL (
    SELECT 3 AS step, 'cashout' AS deed, account, owner, sum FROM (VALUES ('available', user_id, -amount), ('held', 0, amount)) l (account, owner, sum)
    UNION ALL
    SELECT 4, 'payout', account, owner, sum
    FROM (VALUES ('held', 0, -amount), ('payouts', 0, net), ('fees', 0, amount - net)) l (account, owner, sum) WHERE state = 'done'
    UNION ALL
    SELECT 4, 'cashout_refund', account, owner, sum
    FROM (VALUES ('held', 0, -amount), ('available', user_id, amount)) l (account, owner, sum)
    WHERE state IN ('refunded', 'declined', 'cancelled')
) moves WHERE sum <> 0;

-- Deposits to wallets that stay there, and exchanges of a part of them.
CREATE TEMP TABLE swap ON COMMIT DROP AS
SELECT n, 1000000 + CASE WHEN n % 20 = 0 THEN 1 ELSE 11 + floor(random() * (users - 11)) END::bigint AS user_id, 200 + n % 100 AS deposit,
    20 + n % 10 AS amount, c.code, trunc((20 + n % 10) * 0.98 / c.price, c.digits) AS got, 0.98 / c.price AS price,
    at - n * interval '300 days' / trades AS moment, n % 2 = 0 AS used
FROM size, generate_series(1, trades / 15) n JOIN coin c ON c.code = (ARRAY['BTC', 'ETH', 'LTC', 'TRX'])[1 + n % 4];
INSERT INTO line
SELECT 1000000000000 + n * 4 + step, moment + step * interval '1 second', deed, NULL, account, owner, currency, sum
FROM swap, LATERAL (
    SELECT 0 AS step, 'deposit' AS deed, account, owner, 'USDT' AS currency, sum
    FROM (VALUES ('clearing:blockbee', 0, -deposit), ('available', user_id, deposit)) l (account, owner, sum)
    UNION ALL
    SELECT 1, 'exchange', account, owner, currency, sum
    FROM (VALUES ('available', user_id, 'USDT', -amount), ('exchange', 0, 'USDT', amount), ('exchange', 0, code, -got), ('available', user_id, code, got))
        l (account, owner, currency, sum) WHERE used
) moves;

-- What came and fits nothing; corrections.
CREATE TEMP TABLE strange ON COMMIT DROP AS
SELECT n, 1000011 + n AS user_id, 5 + n AS amount, at - n * interval '1 hour' AS moment, n % 2 = 0 AS ended FROM size, generate_series(1, users / 150) n;
INSERT INTO line
SELECT 2000000000000 + n * 4 + step, moment + interval '1 minute', deed, NULL, account, owner, 'USDT', sum
FROM strange, LATERAL (
    SELECT 0 AS step, 'deposit' AS deed, account, owner, sum FROM (VALUES ('clearing:blockbee', 0, -amount), ('available', user_id, amount)) l (account, owner, sum)
    UNION ALL
    SELECT 1, 'correction', account, owner, sum FROM (VALUES ('corrections', 0, -amount), ('available', user_id, amount)) l (account, owner, sum)
) moves WHERE ended;

-- Fee credit: who came by a link got it, and spent some; who brought them got it when they had traded.
CREATE TEMP TABLE newcomer ON COMMIT DROP AS
SELECT u.id, u.referred_by, u.onboarded_at, t.id AS trade_id, t.fee, t.ended_at
FROM users u
LEFT JOIN (
    SELECT DISTINCT ON (buyer) buyer, id, fee, ended_at FROM deal
    WHERE state = 'released' AND currency = 'USDT' AND fee_payer = 'buyer' ORDER BY buyer, id) t ON t.buyer = u.id - 1000000
WHERE u.referred_by IS NOT NULL;
INSERT INTO line
SELECT 3000000000000 + id * 4 + step, moment, deed, CASE step WHEN 2 THEN trade_id END, account, owner, 'USDT', sum
FROM newcomer, LATERAL (
    SELECT 0 AS step, onboarded_at AS moment, 'referral' AS deed, account, owner, sum
    FROM (VALUES ('promotions', 0, -5.0), ('credit', id, 5.0)) l (account, owner, sum)
    UNION ALL
    SELECT 1, ended_at, 'referral', account, owner, sum
    FROM (VALUES ('promotions', 0, -5.0), ('credit', referred_by, 5.0)) l (account, owner, sum) WHERE trade_id IS NOT NULL
    UNION ALL
    SELECT 2, ended_at, 'credit', account, owner, sum
    FROM (VALUES ('credit', id, -least(5, fee)), ('available', id, least(5, fee))) l (account, owner, sum) WHERE trade_id IS NOT NULL
) moves;

-- The books.
CREATE TEMP TABLE move ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY at, ref) AS id, ref, at, deed, trade_id FROM (SELECT DISTINCT ref, at, deed, trade_id FROM line) l;
CREATE UNIQUE INDEX ON move (ref);
ANALYZE move;
INSERT INTO transfers (id, request_key, kind, trade_id, note, at)
OVERRIDING SYSTEM VALUE SELECT id, 'seed.' || ref, deed, trade_id, '', at FROM move ORDER BY id;
SELECT setval(pg_get_serial_sequence('transfers', 'id'), (SELECT max(id) FROM move));
INSERT INTO accounts (kind, currency) SELECT DISTINCT 'clearing:' || provider, code FROM coin;
INSERT INTO accounts (user_id, kind, currency, balance, version)
SELECT owner, account, currency, sum(amount), count(*) FROM line WHERE owner <> 0 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;
INSERT INTO postings (transfer_id, account_id, currency, amount, balance_after, version, written)
SELECT m.id, a.id, l.currency, l.amount,
    CASE WHEN l.owner <> 0 THEN sum(l.amount) OVER own END, CASE WHEN l.owner <> 0 THEN row_number() OVER own END,
    (3 + (pg_current_xact_id()::text::bigint - 3) * m.id / (SELECT max(id) + 1 FROM move))::text::xid8  -- as if in many transactions
FROM line l JOIN move m USING (ref) JOIN accounts a ON a.owner = l.owner AND a.kind = l.account AND a.currency = l.currency
WINDOW own AS (PARTITION BY a.id ORDER BY m.id)
ORDER BY m.id;
INSERT INTO holds (trade_id, user_id, currency, amount, began_by, began_at, source, ended_by, ended_at, ended_as)
SELECT d.id, 1000000 + buyer, currency, coalesce(held, part), began.id, began.at, CASE WHEN by_wallet AND paid THEN 'wallet' ELSE 'payin' END,
    ended.id, ended.at, CASE ended.deed WHEN 'release' THEN 'released' WHEN 'refund' THEN 'refunded' ELSE ended.deed END
FROM deal d JOIN move began ON began.ref = d.id * 16 + 1 LEFT JOIN move ended ON ended.ref = d.id * 16 + 2
ORDER BY d.id;
INSERT INTO holds (cashout_id, user_id, currency, amount, began_by, began_at, source, ended_by, ended_at, ended_as)
SELECT o.id, user_id, currency, amount, began.id, began.at, 'wallet', ended.id, ended.at,
    CASE WHEN ended.deed = 'payout' THEN 'paid_out' WHEN ended.id IS NOT NULL THEN 'refunded' END
FROM outflow o JOIN move began ON began.ref = o.trade_id * 16 + 3 LEFT JOIN move ended ON ended.ref = o.trade_id * 16 + 4
ORDER BY o.id;
INSERT INTO quotes (id, user_id, from_currency, from_amount, to_currency, to_amount, price, at, valid_until, used_by)
OVERRIDING SYSTEM VALUE SELECT n, user_id, 'USDT', amount, code, got, price, moment, moment + interval '10 minutes', m.id
FROM swap LEFT JOIN move m ON m.ref = 1000000000000 + n * 4 + 1 ORDER BY n;
SELECT setval(pg_get_serial_sequence('quotes', 'id'), (SELECT max(n) FROM swap));
INSERT INTO conversions (transfer_id, user_id, quote_id, from_wallet, to_wallet, from_currency, from_amount, to_currency, to_amount, price, at)
SELECT used_by, user_id, id, true, true, from_currency, from_amount, to_currency, to_amount, price, at + interval '1 second'
FROM quotes WHERE used_by IS NOT NULL ORDER BY id;

-- Places to pay in, and what providers told.
CREATE TEMP TABLE inflow ON COMMIT DROP AS
SELECT m.id AS transfer_id, 1000000 + buyer AS user_id, CASE step WHEN 1 THEN d.id END AS trade_id, currency, network, provider,
    coalesce(held, part) AS amount, CASE step WHEN 0 THEN held ELSE 0 END AS credited, m.at, state NOT IN ('underpaid', 'paid', 'accepted') AS over
FROM deal d CROSS JOIN LATERAL (SELECT CASE WHEN by_wallet AND paid THEN 0 ELSE 1 END AS step) which JOIN move m ON m.ref = d.id * 16 + step
UNION ALL
SELECT m.id, user_id, NULL, 'USDT', 'TRC20', 'blockbee', deposit, deposit, m.at, true FROM swap JOIN move m ON m.ref = 1000000000000 + n * 4
ORDER BY 9;
INSERT INTO payins (user_id, trade_id, currency, network, provider, address, reference, amount, link, external_id, created_at, valid_until, ask_at)
SELECT user_id, trade_id, currency, network, provider,
    CASE WHEN network <> 'BANK' THEN place END, 'r' || place, CASE WHEN trade_id IS NOT NULL THEN amount END,
    CASE WHEN network = 'BANK' THEN 'https://pay.example/' || place END, 'e' || place, made, valid_until,
    CASE WHEN trade_id IS NULL OR NOT over THEN size.at + (row_number() OVER () % 1440 - 10) * interval '1 minute' END
FROM size, (
    SELECT user_id, trade_id, currency, network, provider, amount, over, at AS made, at + interval '1 hour' AS valid_until, 't' || trade_id AS place
    FROM inflow WHERE trade_id IS NOT NULL
    UNION ALL
    SELECT DISTINCT user_id, NULL::bigint, currency, network, provider, 0, false, timestamptz '2026-01-01', NULL::timestamptz, 'w' || user_id || currency
    FROM inflow WHERE trade_id IS NULL
    UNION ALL
    SELECT 1000000 + buyer, id, currency, network, provider, amount + buyer_fee, false, created_at, created_at + interval '1 hour', 't' || id
    FROM deal WHERE state = 'awaiting_payment') places;
INSERT INTO provider_events (provider, event_id, pending, currency, network, address, amount, txid, body, headers, at, user_id, transfer_id,
    payin_id, trade_id, moved, credited)
SELECT i.provider, 'event-' || transfer_id, pending, i.currency, i.network, p.address, i.amount, 'tx-in-' || transfer_id, '{}', '{}', i.at,
    i.user_id, CASE WHEN NOT pending THEN transfer_id END, p.id, CASE WHEN NOT pending THEN i.trade_id END, CASE WHEN pending THEN 0 ELSE i.amount END, CASE WHEN pending THEN 0 ELSE i.credited END
FROM inflow i
JOIN payins p ON p.reference = 'r' || CASE WHEN i.trade_id IS NULL THEN 'w' || i.user_id || i.currency ELSE 't' || i.trade_id END
CROSS JOIN LATERAL unnest(CASE WHEN transfer_id % 10 = 0 THEN ARRAY[true, false] ELSE ARRAY[false] END) pending
ORDER BY transfer_id, pending DESC;
WITH told AS (
    INSERT INTO provider_events (provider, event_id, pending, currency, network, address, amount, txid, body, headers, at)
    SELECT 'blockbee', 'strange-' || n, false, 'USDT', 'TRC20', 'nowhere' || n, amount, 'tx-strange-' || n, '{}', '{}', moment FROM strange ORDER BY n
    RETURNING id, event_id)
INSERT INTO unapplied (event_id, reason, at, amount, ended_as, ended_by, ended_at, user_id, credited, ended_by_user, note)
SELECT told.id, 'unknown_address', moment, amount, CASE WHEN ended THEN 'credited' END, m.id, m.at, CASE WHEN ended THEN user_id END,
    CASE WHEN ended THEN amount ELSE 0 END, CASE WHEN ended THEN 1000004 END, CASE WHEN ended THEN 'Theirs' ELSE '' END
FROM told JOIN strange ON event_id = 'strange-' || n LEFT JOIN move m ON m.ref = 2000000000000 + n * 4;
INSERT INTO corrections (user_id, currency, amount, why, state, usd_worth, proposed_by, proposed_at, expires_at, decided_by, decided_at, transfer_id)
SELECT user_id, 'USDT', amount, 'A mistake of ours', CASE WHEN ended THEN 'approved' WHEN n % 4 = 1 THEN 'declined' ELSE 'proposed' END, amount, 1000004, moment, moment + interval '30 days', CASE WHEN n % 4 <> 3 THEN 1000002 END,
    CASE WHEN n % 4 <> 3 THEN moment + interval '1 minute' END, m.id
FROM strange LEFT JOIN move m ON m.ref = 2000000000000 + n * 4 + 1;
INSERT INTO unreadable_events (provider, digest, problem, body, headers, at)
SELECT 'fincra', 'digest' || n, 'no amount', '{}', '{}', at - n * interval '1 hour' FROM size, generate_series(1, users / 500) n;
INSERT INTO reconciliations (payin_id, provider, currency, told, ours, at, settled_at)
SELECT id, provider, currency, 10, 0, at, CASE WHEN id % 2 = 0 THEN at END FROM size, payins WHERE id % 500 < 2;
INSERT INTO provider_answers (provider, answered_at) SELECT DISTINCT provider, at FROM size, coin;
INSERT INTO referral_rewards (referred_id, kind, user_id, amount, needed, trade_id, transfer_id, at)
SELECT n.id, kind, CASE kind WHEN 'newcomer' THEN n.id ELSE referred_by END, 5, CASE kind WHEN 'referrer' THEN 1 END,
    CASE kind WHEN 'referrer' THEN n.trade_id END, m.id, m.at
FROM newcomer n CROSS JOIN (VALUES ('newcomer', 0), ('referrer', 1)) kinds (kind, step) JOIN move m ON m.ref = 3000000000000 + n.id * 4 + step;
INSERT INTO credit_uses (trade_id, user_id, fee, worth, amount, transfer_id, at)
SELECT n.trade_id, n.id, fee, fee, least(5, fee), m.id, m.at FROM newcomer n JOIN move m ON m.ref = 3000000000000 + n.id * 4 + 2;

-- What people say: of each other, to each other, to the staff.
INSERT INTO ratings (trade_id, rater_id, rated_id, role, stars, comment, at)
SELECT id, 1000000 + rater, 1000000 + rated, role, 1 + (id * 7 % 11) % 5, CASE WHEN id % 5 < 2 THEN 'Quick and friendly, trade ' || id END, ended_at + interval '1 hour'
FROM deal, LATERAL (VALUES (buyer, seller, 'buyer', id % 3 <> 0), (seller, buyer, 'seller', id % 2 = 0)) side (rater, rated, role, speaks)
WHERE accepted AND speaks AND state IN ('released', 'resolved', 'refunded') ORDER BY id;
INSERT INTO chat_messages (trade_id, n, author_id, role, kind, text, file_id, at)
SELECT id, n, 1000000 + CASE n % 2 WHEN 1 THEN buyer ELSE seller END, CASE n % 2 WHEN 1 THEN 'buyer' ELSE 'seller' END, 'text', 'Message ' || n, '',
    accepted_at + n * interval '1 second'
FROM deal, LATERAL generate_series(1, CASE WHEN id = (SELECT max(id) FROM deal WHERE buyer = 1 AND state IN ('accepted', 'delivered')) THEN 2000
    WHEN id % 10 = 0 THEN 5 ELSE 1 + id % 3 END) n
WHERE accepted ORDER BY id, n;
INSERT INTO chat_seen (trade_id, user_id, n)
SELECT id, 1000000 + reader, CASE WHEN id % 7 = 0 THEN 0 ELSE 1 END FROM deal, LATERAL unnest(ARRAY[buyer, seller]) reader WHERE accepted AND id % 4 <> 0;
INSERT INTO tickets (id, slug, user_id, state, assigned_to, opened_at, closed_at, closed_by, last_at, waits_since, unread)
OVERRIDING SYSTEM VALUE
SELECT n, 'S-' || lpad(upper(to_hex(n)), 6, '0'), 1000000 + CASE WHEN n % 30 = 0 THEN 1 ELSE 11 + n END, CASE WHEN open THEN 'open' ELSE 'closed' END,
    CASE WHEN n % 4 = 0 THEN 1000003 END, moment, CASE WHEN NOT open THEN moment + interval '3 hours' END, CASE WHEN NOT open THEN 1000003 END,
    moment + interval '2 minutes', CASE WHEN open AND n % 2 = 0 THEN moment + interval '2 minutes' END,
    CASE WHEN n % 8 = 1 THEN 1 ELSE 0 END
FROM size, generate_series(1, users / 10) n,
    LATERAL (SELECT n % 11 = 0 AND n % 30 <> 0 OR n = users / 10 / 30 * 30 AS open, at - (users / 10 - n) * interval '300 days' / users - interval '1 hour' AS moment) fate;
SELECT setval(pg_get_serial_sequence('tickets', 'id'), (SELECT max(id) FROM tickets));
INSERT INTO ticket_messages (ticket_id, n, author_id, role, kind, text, file_id, at)
SELECT id, n, CASE n WHEN 2 THEN 1000003 ELSE user_id END, CASE n WHEN 2 THEN 'staff' ELSE 'user' END, 'text', 'Message ' || n, '',
    opened_at + n * interval '1 minute' FROM tickets, generate_series(1, 3) n ORDER BY id, n;

-- What was told, asked, done and answered.
INSERT INTO outbox (user_id, kind, data, dedup, created_at, due_at, attempts, sent_at, sent_by, subject, message_id)
SELECT 1000000 + person, kind, jsonb_build_object('trade_id', id, 'role', role, 'slug', 'T-' || id, 'amount', amount::text, 'currency', currency), kind || '.' || id || '.' || person,
    paid_at, paid_at, 0, paid_at, 'telegram', CASE WHEN id % 10 = 0 THEN 'trade ' || id END, id * 2 + CASE kind WHEN 'trade_paid' THEN 0 ELSE 1 END
FROM deal, LATERAL (VALUES (seller, 'trade_paid', 'seller'), (buyer, 'trade_accepted', 'buyer')) told (person, kind, role) WHERE paid ORDER BY id;
INSERT INTO outbox (user_id, kind, data, dedup, created_at, due_at, attempts, sent_at, sent_by, error)
SELECT 1000011 + n % 1000, 'trade_paid', jsonb_build_object('trade_id', n), 'seed.waiting.' || n, at - interval '1 minute', at + (n % 100 - 2) * interval '1 minute',
    CASE WHEN n % 3 = 0 THEN 1 ELSE 0 END, CASE WHEN n % 2 = 0 THEN at END, CASE WHEN n % 2 = 0 THEN 'nobody' END, CASE WHEN n % 2 = 0 THEN 'blocked' END
FROM size, generate_series(1, users / 50) n;
INSERT INTO requests (key, hash, operation, outcome, at)
SELECT 1000000 + buyer || '.' || id || '.create.1', 'hash', 'trades/create', '{"answer": {}, "changed": [], "told": 0}', created_at FROM deal ORDER BY id;
INSERT INTO admin_actions (user_id, action, subject, why, before, after, at)
SELECT 1000002 + n % 3, (ARRAY['resolve_dispute', 'block', 'set_term'])[1 + n % 3],
    CASE n % 3 WHEN 0 THEN 'trade ' || n WHEN 1 THEN 'user ' || 1000000 + CASE WHEN n % 10 = 0 THEN 1 ELSE n END ELSE 'terms' END, 'Why not', '{}', '{}', at - (trades / 15 - n) * interval '1 minute'
FROM size, generate_series(1, trades / 15) n;
INSERT INTO broadcasts (author, kind, text, file_id, audience, since, state, total, sent, at, ended_at)
SELECT 1000002, 'text', 'News ' || n, '', 'all', moment, CASE WHEN n < 40 THEN 'done' ELSE 'running' END, users, CASE WHEN n < 40 THEN users ELSE 0 END,
    moment, CASE WHEN n < 40 THEN moment + interval '1 hour' END
FROM size, generate_series(1, 40) n, LATERAL (SELECT at - (40 - n) * interval '1 day' AS moment) time;
INSERT INTO groups (chat_id, slug, title, added_by, topics, added_at, heard_at, next_at)
SELECT -1000 - n, 'g' || n, 'Group ' || n, 1000000 + CASE WHEN n % 10 = 0 THEN 1 ELSE 11 + n END, ARRAY['opened', 'completed'], at, at, at
FROM size, generate_series(1, users / 1000) n;
INSERT INTO announcements (topic, trade_id, at) SELECT 'completed', id, ended_at FROM (SELECT id, ended_at FROM deal WHERE state = 'released' ORDER BY id DESC LIMIT 200) d;
INSERT INTO group_news (group_id, topic, trade_id, at)
SELECT g.id, 'completed', d.id, now - interval '1 minute' FROM groups g, (SELECT id, now FROM deal WHERE state = 'released' ORDER BY id DESC LIMIT 5) d WHERE g.id % 5 = 0 ORDER BY d.id;
INSERT INTO file_orders (user_id, kind, format, about, asked_at, due_at, ended_at)
SELECT 1000000 + n, 'statement', 'csv', '{}', at, at, at FROM size, generate_series(1, users, 8) n;
INSERT INTO console_links (user_id, hash, created_at, expires_at, used_at)
SELECT 1000002 + n % 3, decode(md5('link' || n), 'hex'), at, at, at FROM size, generate_series(1, users / 100) n;
INSERT INTO admin_sessions (user_id, hash, csrf, created_at, seen_at, expires_at, ended_at)
SELECT 1000002 + n % 3, decode(md5('session' || n), 'hex'), 'csrf' || n, at, at, at + interval '8 hours', CASE WHEN n > 3 THEN at END FROM size, generate_series(1, users / 100) n;

DO $$
DECLARE
    command text;
BEGIN
    FOR command IN SELECT definition FROM indexes LOOP EXECUTE command; END LOOP;
END
$$;
