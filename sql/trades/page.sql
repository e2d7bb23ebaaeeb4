-- A trade as one of its two sides sees it; no row for anybody else.
SELECT
    t.id, t.slug, CASE WHEN t.buyer_id = :user_id THEN 'buyer' ELSE 'seller' END AS role, t.state,
    CASE WHEN t.buyer_id = :user_id THEN coalesce(other.first_name, nullif(t.seller_handle, ''))
         ELSE other.first_name END AS other,
    other.username AS other_username, other.slug AS other_slug, ratings_why_not(t, :user_id, :at) IS NULL AS may_rate,
    t.seller_kind, t.seller_handle AS seller, t.currency, t.amount, t.fee_payer, t.fee,
    coalesce(t.held, t.amount + t.buyer_fee) AS buyer_pays, coalesce(t.payout, t.amount - t.seller_fee) AS seller_gets,
    t.amount - t.seller_fee AS promised, t.underpaid_at IS NOT NULL AS in_part, trades_missing(t, :at) AS missing,
    trades_parts(t, :at) AS parts, t.description, t.delivery_hours,
    t.paid_at, t.delivered_at, later.deliver_by, later.refund_at, t.ended_at, trades_ended_how(t) AS ended_how,
    CASE t.proposed_by WHEN t.buyer_id THEN 'buyer' WHEN t.seller_id THEN 'seller' END AS proposed_by,
    trades_turn(t.state) AS turn, trades_due(t, :at) AS deadline,
    CASE WHEN t.buyer_id = :user_id AND t.seller_id IS NULL AND t.ended_at IS NULL
        THEN (SELECT token FROM invitations WHERE trade_id = t.id) END AS token,
    coalesce((
        SELECT balance FROM accounts WHERE owner = :user_id AND currency = t.currency AND kind = 'available'), 0) AS available,
    moves.may, moves.barred,
    CASE WHEN t.seller_id IS NOT NULL
        THEN coalesce((SELECT max(n) FROM chat_messages WHERE trade_id = t.id), 0) END AS newest_message,
    chat_unread(t.id, :user_id) AS unread,
    CASE WHEN d.id IS NOT NULL THEN jsonb_build_object(
        'role', d.role, 'reason', d.reason, 'opened_at', d.opened_at, 'why', d.why,
        'buyer_gets', (t.held - d.released)::text, 'seller_gets', (d.released - d.fee)::text, 'fee', d.fee::text) END AS dispute,
    referrals_credit_back(t, :user_id, :at) AS credit_back
FROM trades t
CROSS JOIN LATERAL (
    SELECT coalesce(jsonb_agg(move ORDER BY place) FILTER (WHERE why_not IS NULL), '[]') AS may,
        coalesce(jsonb_object_agg(move, why_not) FILTER (WHERE why_not IS NOT NULL), '{}') AS barred
    FROM (
        SELECT move, place, coalesce(trades_why_not(t, :user_id, move, :at), CASE WHEN move = 'reduce'
            AND trades_too_little(t, t.amount + t.buyer_fee - trades_missing(t, :at)) THEN 'too_little' END) AS why_not
        FROM unnest(ARRAY['pay', 'reduce', 'cancel', 'accept', 'decline', 'deliver', 'release', 'agree', 'disagree', 'withdraw',
            'give_back', 'propose', 'dispute']) WITH ORDINALITY moves (move, place)
        OFFSET 0  -- asked once a move
    ) each
) moves
CROSS JOIN LATERAL trades_later(t, :at) later
LEFT JOIN disputes d ON d.trade_id = t.id
LEFT JOIN users other ON other.id = CASE WHEN t.buyer_id = :user_id THEN t.seller_id ELSE t.buyer_id END
WHERE t.id = :trade_id AND (t.buyer_id = :user_id OR t.seller_id = :user_id)
