-- One page of a person's trades on both sides, the newest first; one more than the page tells whether there is another.
WITH candidates AS (
    (SELECT id FROM trades WHERE buyer_id = :user_id
        AND id < CASE :before::bigint WHEN 0 THEN 9223372036854775807 ELSE :before::bigint END ORDER BY id DESC LIMIT 9)
    UNION ALL
    (SELECT id FROM trades WHERE seller_id = :user_id
        AND id < CASE :before::bigint WHEN 0 THEN 9223372036854775807 ELSE :before::bigint END ORDER BY id DESC LIMIT 9)
), page AS MATERIALIZED (
    SELECT t.*, row_number() OVER (ORDER BY t.id DESC) AS place, t.buyer_id = :user_id AS buying,
        trades_due(t, :at) AS due, trades_later(t, :at) AS later
    FROM candidates JOIN trades t USING (id)
)
SELECT
    coalesce((
        SELECT jsonb_agg(jsonb_build_object(
            'id', id, 'slug', slug, 'role', CASE WHEN buying THEN 'buyer' ELSE 'seller' END,
            'other', CASE WHEN buying THEN coalesce(users_name(seller_id), nullif(seller_handle, ''))
                          ELSE users_name(buyer_id) END,
            'state', state, 'currency', currency, 'amount', amount::text, 'description', description,
            'your_turn', coalesce(trades_turn(state) = CASE WHEN buying THEN 'buyer' ELSE 'seller' END, false),
            'deadline', due, 'deliver_by', (later).deliver_by, 'created_at', created_at,
            'unread', chat_unread(id, :user_id)) ORDER BY id DESC)
        FROM page WHERE place <= 8), '[]') AS trades,
    (SELECT id FROM page WHERE place = 8 AND EXISTS (SELECT FROM page WHERE place = 9)) AS next,
    ((SELECT count(*) FROM trades WHERE buyer_id = u.id AND ended_at IS NULL AND trades_turn(state) = 'buyer')
     + (SELECT count(*) FROM trades WHERE seller_id = u.id AND ended_at IS NULL AND trades_turn(state) = 'seller'))::int AS turns
FROM users u
WHERE u.id = :user_id
