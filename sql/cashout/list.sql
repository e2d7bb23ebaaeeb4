-- One page of a person's cash-outs, the newest first; one more than the page tells whether there is another.
WITH page AS MATERIALIZED (
    SELECT c.*, row_number() OVER (ORDER BY c.id DESC) AS place
    FROM cashouts c
    WHERE c.user_id = :user_id AND c.id < CASE :before::bigint WHEN 0 THEN 9223372036854775807 ELSE :before::bigint END
    ORDER BY c.id DESC LIMIT 9
)
SELECT
    coalesce((
        SELECT jsonb_agg(jsonb_build_object(
            'id', id, 'state', state, 'currency', currency, 'amount', amount::text, 'created_at', created_at) ORDER BY id DESC)
        FROM page WHERE place <= 8), '[]') AS cashouts,
    (SELECT id FROM page WHERE place = 8 AND EXISTS (SELECT FROM page WHERE place = 9)) AS next
FROM users u
WHERE u.id = :user_id
