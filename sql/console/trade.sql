-- A trade with all that is known of it, for the staff; no row for anybody else. What the two wrote to each other is shown of trades
-- that were disputed, and to support only.
SELECT
    t.id, t.slug, t.state, t.currency, t.amount, t.fee, t.fee_payer, t.seller_fee, t.held, t.payout, got.to_seller, got.to_buyer, got.fee AS earned,
    t.usd_worth, t.description, t.delivery_hours, t.seller_kind, t.seller_handle, t.ended_how,
    t.buyer_id, users_name(t.buyer_id) AS buyer, t.seller_id, users_name(t.seller_id) AS seller,
    trades_due(t, :at) AS due_at, trades_turn(t.state) AS turn,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('what', what, 'at', moment) ORDER BY moment, place), '[]')
        FROM unnest(ARRAY['created', 'first part came', 'paid', 'accepted', 'delivered', t.state],
            ARRAY[t.created_at, t.underpaid_at, t.paid_at, t.accepted_at, t.delivered_at, t.ended_at])
            WITH ORDINALITY moments (what, moment, place) WHERE moment IS NOT NULL) AS timeline,
    coalesce((
        SELECT jsonb_agg(jsonb_build_object(
            'id', id, 'amount', amount::text, 'currency', currency, 'source', source, 'began_by', began_by, 'began_at', began_at,
            'ended_as', ended_as, 'ended_by', ended_by, 'ended_at', ended_at) ORDER BY id)
        FROM holds WHERE trade_id = t.id), '[]') AS holds,
    coalesce((
        SELECT jsonb_agg(jsonb_build_object('id', id, 'kind', kind, 'note', note, 'at', at) ORDER BY id)
        FROM transfers WHERE trade_id = t.id), '[]') AS transfers,
    coalesce((
        SELECT jsonb_agg(jsonb_build_object(
            'id', id, 'reference', reference, 'provider', provider, 'network', network, 'currency', currency, 'at', created_at) ORDER BY id)
        FROM (SELECT * FROM payins WHERE trade_id = t.id ORDER BY id DESC LIMIT 20) p), '[]') AS payins,
    coalesce((
        SELECT jsonb_agg(jsonb_build_object(
            'n', n, 'role', role, 'author', users_name(author_id), 'kind', kind, 'text', text, 'at', at) ORDER BY n)
        FROM (SELECT * FROM chat_messages WHERE trade_id = t.id AND staff.role IN ('support', 'owner')
                AND EXISTS (SELECT FROM disputes WHERE disputes.trade_id = t.id) ORDER BY n DESC LIMIT 50) m),
        '[]') AS messages,
    EXISTS (SELECT FROM disputes WHERE disputes.trade_id = t.id) AS is_disputed,
    coalesce((
        SELECT jsonb_agg(jsonb_build_object(
            'id', id, 'by', coalesce(users_name(user_id), user_id::text), 'action', action, 'why', why, 'at', at) ORDER BY id DESC)
        FROM (SELECT * FROM admin_actions WHERE subject = 'trade ' || t.id ORDER BY id DESC LIMIT 20) a), '[]') AS actions
FROM staff JOIN trades t ON t.id = :trade_id
LEFT JOIN LATERAL trades_outcome(t) got ON true
WHERE staff.user_id = :user_id
