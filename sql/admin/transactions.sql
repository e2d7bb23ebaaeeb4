-- A page of all that moves money between people, wallets and the world, the newest first, for those who decide about money; no row for
-- anybody else. `kind` is a for all, or t, c, d, x: trades, cash-outs, deposits (as their providers told of them, the last word only unless
-- they were `seen`), exchanges. `state` is nothing or one of the kind's, `person` 0 or whose. The four others: the numbers that the page
-- before ended with, 0 begins. Each kind is read by its own index; in the list it stays in the order of its numbers, whatever clocks said.
WITH bound AS MATERIALIZED (
    SELECT coalesce(nullif(:trades::bigint, 0), 9223372036854775807) AS t, coalesce(nullif(:cashouts::bigint, 0), 9223372036854775807) AS c,
        coalesce(nullif(:deposits::bigint, 0), 9223372036854775807) AS d, coalesce(nullif(:exchanges::bigint, 0), 9223372036854775807) AS x
    FROM staff
    WHERE staff.user_id = :user_id AND staff.role IN ('finance', 'owner')
), trade_ids AS (
    (SELECT id FROM trades WHERE :kind::text IN ('a', 't') AND :state::text = '' AND :person::bigint = 0 AND id < (SELECT t FROM bound)
        ORDER BY id DESC LIMIT 9)
    UNION
    (SELECT id FROM trades WHERE :kind::text = 't' AND state = :state::text AND :person::bigint = 0 AND id < (SELECT t FROM bound)
        ORDER BY id DESC LIMIT 9)
    UNION
    (SELECT id FROM trades WHERE :kind::text IN ('a', 't') AND :state::text IN ('', state) AND buyer_id = nullif(:person::bigint, 0)
        AND id < (SELECT t FROM bound) ORDER BY id DESC LIMIT 9)
    UNION
    (SELECT id FROM trades WHERE :kind::text IN ('a', 't') AND :state::text IN ('', state) AND seller_id = nullif(:person::bigint, 0)
        AND id < (SELECT t FROM bound) ORDER BY id DESC LIMIT 9)
), cashout_ids AS (
    (SELECT id FROM cashouts WHERE :kind::text IN ('a', 'c') AND :state::text = '' AND :person::bigint = 0 AND id < (SELECT c FROM bound)
        ORDER BY id DESC LIMIT 9)
    UNION
    (SELECT id FROM cashouts WHERE :kind::text = 'c' AND state = :state::text AND :person::bigint = 0 AND id < (SELECT c FROM bound)
        ORDER BY id DESC LIMIT 9)
    UNION
    (SELECT id FROM cashouts WHERE :kind::text IN ('a', 'c') AND :state::text IN ('', state) AND user_id = nullif(:person::bigint, 0)
        AND id < (SELECT c FROM bound) ORDER BY id DESC LIMIT 9)
), deposit_ids AS (
    (SELECT id FROM provider_events WHERE :kind::text IN ('a', 'd') AND :state::text IN ('', 'booked') AND :person::bigint = 0
        AND id < (SELECT d FROM bound) AND CASE :state::text WHEN '' THEN NOT pending ELSE transfer_id IS NOT NULL END
        ORDER BY id DESC LIMIT 9)
    UNION
    (SELECT id FROM provider_events WHERE :kind::text IN ('a', 'd') AND :state::text = 'seen' AND pending AND :person::bigint = 0
        AND id < (SELECT d FROM bound) ORDER BY id DESC LIMIT 9)
    UNION
    (SELECT event_id FROM unapplied WHERE :kind::text = 'd' AND :state::text = 'unapplied' AND ended_as IS NULL AND :person::bigint = 0
        AND event_id < (SELECT d FROM bound) ORDER BY event_id DESC LIMIT 9)
    UNION
    (SELECT id FROM provider_events WHERE :kind::text IN ('a', 'd') AND user_id = nullif(:person::bigint, 0) AND id < (SELECT d FROM bound)
        AND CASE :state::text WHEN '' THEN NOT pending WHEN 'booked' THEN transfer_id IS NOT NULL WHEN 'seen' THEN pending
            ELSE EXISTS (SELECT FROM unapplied u WHERE u.event_id = provider_events.id AND u.ended_as IS NULL) END
        ORDER BY id DESC LIMIT 9)
), exchange_ids AS (
    (SELECT id FROM conversions WHERE :kind::text IN ('a', 'x') AND to_wallet AND :state::text = '' AND :person::bigint = 0
        AND id < (SELECT x FROM bound) ORDER BY id DESC LIMIT 9)
    UNION
    (SELECT id FROM conversions WHERE :kind::text IN ('a', 'x') AND to_wallet AND :state::text = ''
        AND user_id = nullif(:person::bigint, 0) AND id < (SELECT x FROM bound) ORDER BY id DESC LIMIT 9)
), found AS (
    SELECT 't' AS kind, id, created_at AS at FROM trade_ids JOIN trades USING (id)
    UNION ALL SELECT 'c', id, created_at FROM cashout_ids JOIN cashouts USING (id)
    UNION ALL SELECT 'd', id, at FROM deposit_ids JOIN provider_events USING (id)
    UNION ALL SELECT 'x', id, at FROM exchange_ids JOIN conversions USING (id)
), ordered AS (
    SELECT kind, id, min(at) OVER (PARTITION BY kind ORDER BY id DESC) AS moment FROM found
), page AS MATERIALIZED (
    SELECT kind, id, row_number() OVER (ORDER BY moment DESC, kind, id DESC) AS place FROM ordered
    ORDER BY moment DESC, kind, id DESC LIMIT 9
), shown AS MATERIALIZED (
    SELECT kind, id, place FROM page WHERE place <= 8
)
SELECT
    coalesce((
        SELECT jsonb_agg(line ORDER BY place) FROM (
            SELECT place, jsonb_build_object('kind', 't', 'id', id, 'slug', slug, 'at', created_at, 'state', state, 'amount', amount::text,
                'currency', currency, 'person', users_name(buyer_id),
                'other', coalesce(users_name(seller_id), nullif(seller_handle, ''))) AS line
            FROM shown JOIN trades USING (id) WHERE kind = 't'
            UNION ALL
            SELECT place, jsonb_build_object('kind', 'c', 'id', id, 'slug', slug, 'at', created_at, 'state', state, 'amount', amount::text,
                'currency', currency, 'person', users_name(user_id), 'other', network)
            FROM shown JOIN cashouts USING (id) WHERE kind = 'c'
            UNION ALL
            SELECT place, jsonb_build_object('kind', 'd', 'id', e.id, 'slug', 'D-' || e.id, 'at', e.at, 'state', admin_event_state(e),
                'amount', CASE WHEN e.moved > 0 THEN e.moved ELSE e.amount END::text, 'currency', e.currency,
                'person', users_name(e.user_id), 'other', e.provider)
            FROM shown JOIN provider_events e USING (id) WHERE kind = 'd'
            UNION ALL
            SELECT place, jsonb_build_object('kind', 'x', 'id', id, 'slug', 'X-' || id, 'at', at, 'state', 'done', 'amount', from_amount::text,
                'currency', from_currency, 'person', users_name(user_id), 'other', to_currency)
            FROM shown JOIN conversions USING (id) WHERE kind = 'x'
        ) lines), '[]') AS lines,
    CASE WHEN (SELECT count(*) FROM page) > 8 THEN (
        SELECT jsonb_build_object(
            'trades', coalesce(min(id) FILTER (WHERE kind = 't'), :trades::bigint),
            'cashouts', coalesce(min(id) FILTER (WHERE kind = 'c'), :cashouts::bigint),
            'deposits', coalesce(min(id) FILTER (WHERE kind = 'd'), :deposits::bigint),
            'exchanges', coalesce(min(id) FILTER (WHERE kind = 'x'), :exchanges::bigint))
        FROM shown) END AS next,
    CASE WHEN :person::bigint <> 0 THEN coalesce(users_name(:person::bigint), (:person::bigint)::text) END AS of_whom
FROM staff
WHERE staff.user_id = :user_id AND staff.role IN ('finance', 'owner')
