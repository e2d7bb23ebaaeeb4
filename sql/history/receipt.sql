-- One movement of a person's money with what it was for: its trade, cash-out, exchange or payment. No row for anybody else.
SELECT
    history_movement(p.id, t.id, a.kind, a.currency, p.amount, p.balance_after) AS movement,
    (SELECT jsonb_build_object(
            'id', tr.id, 'slug', tr.slug, 'description', tr.description, 'currency', tr.currency, 'amount', tr.amount::text,
            'ended', tr.ended_at IS NOT NULL, 'fee', kept.fee::text,
            'share', CASE WHEN kept.fee = tr.fee THEN CASE WHEN tr.buyer_id = a.owner THEN tr.buyer_fee ELSE tr.seller_fee END END::text)
        FROM trades tr LEFT JOIN LATERAL trades_outcome(tr) got ON true
        CROSS JOIN LATERAL (
            SELECT CASE WHEN tr.ended_at IS NULL THEN coalesce(tr.held - tr.payout, tr.fee) ELSE coalesce(got.fee, 0) END AS fee) kept
        WHERE tr.id = t.trade_id) AS trade,
    (SELECT jsonb_build_object(
            'id', c.id, 'slug', c.slug, 'network', c.network, 'net', c.net::text, 'fee', (c.amount - c.net)::text,
            'address', c.address, 'bank_name', c.bank_name, 'account_name', c.account_name, 'txid', c.txid)
        FROM cashouts c
        WHERE c.user_id = a.owner AND (
            t.kind = 'cashout' AND c.id = (SELECT cashout_id FROM holds WHERE began_by = t.id AND cashout_id IS NOT NULL)
            OR t.kind = 'cashout_refund' AND c.slug = t.note)) AS cashout,
    (SELECT jsonb_build_object(
            'from_currency', v.from_currency, 'from_amount', v.from_amount::text, 'to_currency', v.to_currency,
            'to_amount', v.to_amount::text, 'price', v.price::text)
        FROM conversions v
        WHERE v.transfer_id = t.id AND v.user_id = a.owner AND v.from_wallet) AS exchange,
    (SELECT e.network FROM provider_events e WHERE e.transfer_id = t.id) AS network
FROM postings p
JOIN accounts a ON a.id = p.account_id AND a.owner = :user_id
JOIN transfers t ON t.id = p.transfer_id
WHERE p.id = :posting::bigint AND p.version IS NOT NULL
