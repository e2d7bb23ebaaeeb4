-- A page of trades, the newest first, for the staff; no row for anybody else. `q` is nothing, a trade's code, or whose it is: a
-- @username, Telegram's number, a proven e-mail address or phone number. `state` is nothing or a state. `before` 0 begins.
WITH person AS MATERIALIZED (
    SELECT id FROM users WHERE lower(username) = lower(ltrim(:q::text, '@'))
    UNION SELECT id FROM users WHERE id = CASE WHEN :q::text ~ '^[0-9]{1,18}$' THEN :q::text::bigint END
    UNION SELECT id FROM users WHERE lower(email) = lower(:q::text) AND email_verified_at IS NOT NULL
    UNION SELECT id FROM users WHERE phone = :q::text
), bound AS (
    SELECT CASE :before::bigint WHEN 0 THEN 9223372036854775807 ELSE :before::bigint END AS id
), found AS (
    (SELECT id FROM trades WHERE :q::text = '' AND :state::text = '' AND id < (SELECT id FROM bound) ORDER BY id DESC LIMIT 26)
    UNION
    (SELECT id FROM trades
        WHERE :q::text = '' AND :state::text <> '' AND state >= :state::text AND (state, id) < (:state::text, (SELECT id FROM bound))
        ORDER BY state DESC, id DESC LIMIT 26)  -- so that it is read in the order of the states, however rare one is
    UNION
    (SELECT t.id FROM person CROSS JOIN LATERAL (
        SELECT id FROM trades WHERE buyer_id = person.id AND :state::text IN ('', state) AND id < (SELECT id FROM bound)
        ORDER BY id DESC LIMIT 26) t)
    UNION
    (SELECT t.id FROM person CROSS JOIN LATERAL (
        SELECT id FROM trades WHERE seller_id = person.id AND :state::text IN ('', state) AND id < (SELECT id FROM bound)
        ORDER BY id DESC LIMIT 26) t)
    UNION
    (SELECT id FROM trades WHERE slug IN (upper(:q::text), 'T-' || upper(:q::text)) AND :state::text IN ('', state)
        AND id < (SELECT id FROM bound))
), page AS MATERIALIZED (
    SELECT id, row_number() OVER (ORDER BY id DESC) AS place FROM found ORDER BY id DESC LIMIT 26
)
SELECT
    coalesce((
        SELECT jsonb_agg(jsonb_build_object(
            'id', t.id, 'slug', t.slug, 'state', t.state, 'at', t.created_at, 'amount', least(t.amount, t.held)::text,
            'currency', t.currency, 'usd', least(t.usd_worth, t.usd_held)::text,
            'buyer_id', t.buyer_id, 'buyer', users_name(t.buyer_id), 'seller_id', t.seller_id,
            'seller', coalesce(users_name(t.seller_id), nullif(t.seller_handle, '')), 'due_at', trades_due(t, :at)) ORDER BY t.id DESC)
        FROM page JOIN trades t USING (id) WHERE place <= 25), '[]') AS trades,
    (SELECT id FROM page WHERE place = 25 AND EXISTS (SELECT FROM page WHERE place = 26)) AS next
FROM staff
WHERE staff.user_id = :user_id
