-- One page of a person's trades on both sides: what is open, then what has ended, each the newest first; one more than the page
-- tells whether there is another. A page goes on after its last trade: 0 begins, and an open one's id counts from 2^62.
-- What went on with less is listed with that.
WITH asked AS (
    SELECT CASE WHEN before = 0 THEN most WHEN before > most THEN before - most ELSE 0 END AS of_open,
        CASE WHEN before = 0 OR before > most THEN most ELSE before END AS of_ended, most
    FROM (SELECT :before::bigint AS before, 1::bigint << 62 AS most) given
), candidates AS (
    (SELECT id FROM trades WHERE buyer_id = :user_id AND ended_at IS NULL
        AND id < (SELECT of_open FROM asked) ORDER BY id DESC LIMIT 9)
    UNION ALL
    (SELECT id FROM trades WHERE seller_id = :user_id AND ended_at IS NULL
        AND id < (SELECT of_open FROM asked) ORDER BY id DESC LIMIT 9)
    UNION ALL
    (SELECT id FROM trades WHERE buyer_id = :user_id AND ended_at IS NOT NULL
        AND id < (SELECT of_ended FROM asked) ORDER BY id DESC LIMIT 9)
    UNION ALL
    (SELECT id FROM trades WHERE seller_id = :user_id AND ended_at IS NOT NULL
        AND id < (SELECT of_ended FROM asked) ORDER BY id DESC LIMIT 9)
), page AS MATERIALIZED (
    SELECT t.*, row_number() OVER (ORDER BY t.ended_at IS NOT NULL, t.id DESC) AS place, t.buyer_id = :user_id AS buying,
        trades_due(t, :at) AS due, trades_later(t, :at) AS later
    FROM candidates JOIN trades t USING (id)
)
SELECT
    coalesce((
        SELECT jsonb_agg(jsonb_build_object(
            'id', id, 'slug', slug, 'role', CASE WHEN buying THEN 'buyer' ELSE 'seller' END,
            'other', CASE WHEN buying THEN coalesce(users_name(seller_id), nullif(seller_handle, ''))
                          ELSE users_name(buyer_id) END,
            'state', state, 'currency', currency, 'amount', least(amount, held)::text, 'description', description,
            'your_turn', coalesce(trades_turn(state) = CASE WHEN buying THEN 'buyer' ELSE 'seller' END, false),
            'deadline', due, 'deliver_by', (later).deliver_by, 'created_at', created_at,
            'unread', chat_unread(id, :user_id)) ORDER BY place)
        FROM page WHERE place <= 8), '[]') AS trades,
    (SELECT CASE WHEN ended_at IS NULL THEN id + most ELSE id END FROM page, asked
        WHERE place = 8 AND EXISTS (SELECT FROM page WHERE place = 9)) AS next,
    ((SELECT count(*) FROM trades WHERE buyer_id = u.id AND ended_at IS NULL AND trades_turn(state) = 'buyer')
     + (SELECT count(*) FROM trades WHERE seller_id = u.id AND ended_at IS NULL AND trades_turn(state) = 'seller'))::int AS turns
FROM users u
WHERE u.id = :user_id
