-- A page of corrections: those that wait for somebody (:which 'open'), the oldest first, or ('ended') the newest of the others;
-- for finance; no row for anybody else.
WITH page AS MATERIALIZED (
    (SELECT * FROM corrections
        WHERE :which::text = 'open' AND state = 'proposed' AND expires_at > :at AND id > :after::bigint ORDER BY id LIMIT 7)
    UNION ALL
    (SELECT * FROM corrections
        WHERE :which::text = 'ended' AND (state <> 'proposed' OR expires_at <= :at)
            AND id < CASE :after::bigint WHEN 0 THEN 9223372036854775807 ELSE :after::bigint END ORDER BY id DESC LIMIT 7)
), placed AS (
    SELECT page.*, row_number() OVER (ORDER BY CASE :which::text WHEN 'open' THEN id ELSE -id END) AS place FROM page
)
SELECT
    coalesce((
        SELECT jsonb_agg(jsonb_build_object(
            'id', p.id, 'at', p.proposed_at, 'currency', p.currency, 'amount', p.amount::text,
            'about', coalesce(users_name(p.user_id), (
                SELECT c.slug FROM payout_events e JOIN cashouts c ON c.id = e.cashout_id WHERE e.id = p.event_id)),
            'state', CASE WHEN p.state = 'proposed' AND p.expires_at <= :at THEN 'expired' ELSE p.state END) ORDER BY place)
        FROM placed p WHERE place <= 6), '[]') AS corrections,
    (SELECT id FROM placed WHERE place = 6 AND EXISTS (SELECT FROM placed WHERE place = 7)) AS next,
    CASE WHEN NOT admin_counts(user_id, :at) THEN added_at + interval '24 hours' END AS counts_from
FROM staff
WHERE staff.user_id = :user_id AND staff.role IN ('finance', 'owner')
