-- The next lines of a table that somebody of the staff ordered, as JSON that nobody has to read on the way; null: there are no more.
-- Whoever may not see it any more gets no lines, and is not `allowed` it, at its end as well. IS TRUE: so that a page is read in the order of its numbers, not all of its time and sorted.
WITH o AS MATERIALIZED (
    SELECT about ->> 'what' AS what, about -> 'spans' AS spans, greatest(:after::bigint, (about ->> 'first')::bigint - 1) AS after,
        (about ->> 'last')::bigint AS last, coalesce((about ->> 'since')::timestamptz, '-infinity') AS since,
        coalesce((about ->> 'before')::timestamptz, 'infinity') AS before
    FROM file_orders
    WHERE id = :order_id AND kind = 'export'
        AND admin_may(user_id, CASE about ->> 'what' WHEN 'actions' THEN 'owner' ELSE 'finance' END)
), page AS (
    SELECT t.id, jsonb_build_array(
        t.slug, t.created_at, t.state, t.buyer_id::text, users_name(t.buyer_id), t.seller_id::text, coalesce(users_name(t.seller_id), t.seller_handle),
        t.currency, t.amount::text, t.buyer_fee::text, t.seller_fee::text, t.held::text, t.payout::text, got.to_seller::text, got.to_buyer::text, got.fee::text,
        t.usd_worth::text, t.paid_at,
        t.accepted_at, t.delivered_at, t.ended_at, t.description) AS line
    FROM o CROSS JOIN LATERAL (
        SELECT * FROM trades
        WHERE o.what = 'trades' AND id > o.after AND id <= o.last AND (created_at >= o.since AND created_at < o.before) IS TRUE
        ORDER BY id LIMIT :most::int) t
    LEFT JOIN LATERAL trades_outcome(t) got ON true
    UNION ALL
    SELECT c.id, jsonb_build_array(
        c.slug, c.created_at, c.state, c.user_id::text, users_name(c.user_id), c.currency, c.network, c.amount::text, c.net::text, c.usd_worth::text,
        c.address, c.bank_name, c.account_name, c.provider, c.external_id, c.txid, users_name(c.decided_by), c.decided_at, c.ended_at, c.problem)
    FROM o CROSS JOIN LATERAL (
        SELECT * FROM cashouts
        WHERE o.what = 'cashouts' AND id > o.after AND id <= o.last AND (created_at >= o.since AND created_at < o.before) IS TRUE
        ORDER BY id LIMIT :most::int) c
    UNION ALL
    SELECT a.id, jsonb_build_array(
        a.at, a.id::text, a.user_id::text, users_name(a.user_id), a.action, admin_named(a.subject), a.why, a.before::text, a.after::text)
    FROM o CROSS JOIN LATERAL (
        SELECT * FROM admin_actions
        WHERE o.what = 'actions' AND id > o.after AND id <= o.last AND (at >= o.since AND at < o.before) IS TRUE
        ORDER BY id LIMIT :most::int) a
    UNION ALL
    (SELECT p.id, jsonb_build_array(
        t.at, p.id::text, s.account, s.currency, t.kind, p.amount::text, p.balance_after::text, trades.slug, t.note)
    FROM o
    CROSS JOIN jsonb_to_recordset(CASE o.what WHEN 'movements' THEN o.spans END) AS s (
        account_id bigint, account text, currency text, after bigint, until bigint)
    CROSS JOIN LATERAL (
        SELECT * FROM postings
        WHERE account_id = s.account_id AND version IS NOT NULL AND id > greatest(:after::bigint, s.after) AND id <= s.until
        ORDER BY id LIMIT :most::int) p
    JOIN transfers t ON t.id = p.transfer_id LEFT JOIN trades ON trades.id = t.trade_id
    ORDER BY p.id LIMIT :most::int)
)
SELECT jsonb_agg(line ORDER BY id)::text AS lines, coalesce(max(id), 0) AS last, EXISTS (SELECT FROM o) AS allowed FROM page
