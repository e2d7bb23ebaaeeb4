-- A dispute with all that somebody must know to decide it: the trade, what is held, who both sides are. For support; no row for
-- anybody else, nor for a side of the trade.
SELECT
    t.id AS trade_id, t.slug, t.state, t.currency, t.amount, t.fee_payer, t.held, t.payout, t.description, t.paid_at,
    t.accepted_at, t.deliver_by, t.delivered_at, d.role AS "by", d.reason, d.text, d.opened_at,
    d.assigned_to, coalesce(users_name(d.assigned_to), d.assigned_to::text) AS assigned,
    ratings_standing(t.buyer_id) || jsonb_build_object('id', t.buyer_id, 'name', users_name(t.buyer_id)) AS buyer,
    ratings_standing(t.seller_id) || jsonb_build_object('id', t.seller_id, 'name', users_name(t.seller_id)) AS seller,
    coalesce((SELECT max(n) FROM chat_messages WHERE trade_id = t.id), 0) AS newest_message,
    chat_unread(t.id, :user_id) AS unread,
    d.resolved_at, coalesce(users_name(d.resolved_by), d.resolved_by::text) AS resolved_by, d.how, d.seller_percent AS percent,
    t.held - d.released AS buyer_gets, d.released - d.fee AS seller_gets, d.fee, d.why
FROM staff
JOIN trades t ON t.id = :trade_id AND :user_id NOT IN (t.buyer_id, t.seller_id)
JOIN disputes d ON d.trade_id = t.id
WHERE staff.user_id = :user_id AND staff.role IN ('support', 'owner')
