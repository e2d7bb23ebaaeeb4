-- A trade (t), a payment that a provider told of (d) or an exchange (x), for those who decide about money; no row for anybody else.
-- Cash-outs have a page of their own.
SELECT found.*, staff.role AS viewer, coalesce((
    SELECT jsonb_agg(jsonb_build_object('at', at, 'by', coalesce(users_name(user_id), user_id::text), 'action', action, 'why', why) ORDER BY id)
    FROM (SELECT * FROM admin_actions WHERE subject = CASE found.kind WHEN 't' THEN 'trade ' || found.id END ORDER BY id DESC LIMIT 5) a), '[]') AS actions
FROM staff
CROSS JOIN LATERAL (
    SELECT 't' AS kind, t.id, t.slug, t.state, t.created_at AS at, t.paid_at, t.accepted_at, t.delivered_at, t.ended_at, t.amount, t.currency,
        CASE WHEN t.ended_at IS NULL THEN coalesce(t.held - t.payout, t.fee) ELSE got.fee END AS fee, t.held, got.to_seller, got.to_buyer,
        NULL::numeric AS other_amount, NULL::text AS other_currency, t.description AS note,
        t.buyer_id AS person_id, users_name(t.buyer_id) AS person, t.seller_id AS other_id,
        coalesce(users_name(t.seller_id), nullif(t.seller_handle, '')) AS other, NULL::text AS provider, NULL::text AS network,
        NULL::text AS txid, t.id AS trade_id, t.slug AS trade_slug, NULL::bigint AS unapplied_id,
        EXISTS (SELECT FROM disputes WHERE disputes.trade_id = t.id) AS is_disputed
    FROM trades t LEFT JOIN LATERAL trades_outcome(t) got ON true WHERE :kind::text = 't' AND t.id = :id::bigint
    UNION ALL
    SELECT 'd', e.id, 'D-' || e.id, admin_event_state(e), e.at, NULL, NULL, NULL, u.ended_at, CASE WHEN e.moved > 0 THEN e.moved ELSE e.amount END,
        e.currency, NULL, NULL, NULL, NULL, NULL, NULL, coalesce(u.reason, ''), e.user_id, users_name(e.user_id), NULL, NULL, e.provider, e.network,
        e.txid, p.trade_id, t.slug, u.id, false
    FROM provider_events e LEFT JOIN unapplied u ON u.event_id = e.id LEFT JOIN payins p ON p.id = e.payin_id
        LEFT JOIN trades t ON t.id = p.trade_id
    WHERE :kind::text = 'd' AND e.id = :id::bigint
    UNION ALL
    SELECT 'x', x.id, 'X-' || x.id, 'done', x.at, NULL, NULL, NULL, x.at, x.from_amount, x.from_currency, NULL, NULL, NULL, NULL,
        x.to_amount, x.to_currency, '', x.user_id, users_name(x.user_id), NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, false
    FROM conversions x WHERE :kind::text = 'x' AND x.id = :id::bigint AND x.to_wallet
) found
WHERE staff.user_id = :user_id AND staff.role IN ('finance', 'owner')
