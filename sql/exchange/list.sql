-- One page of a person's exchanges, the newest first; one more than the page tells whether there is another.
WITH page AS MATERIALIZED (
    SELECT *, row_number() OVER (ORDER BY id DESC) AS place FROM (
        SELECT * FROM conversions
        WHERE user_id = :user_id AND to_wallet
            AND id < CASE :before::bigint WHEN 0 THEN 9223372036854775807 ELSE :before::bigint END
        ORDER BY id DESC LIMIT 9) found
)
SELECT
    coalesce((
        SELECT jsonb_agg(jsonb_build_object(
            'from_currency', from_currency, 'from_amount', from_amount::text, 'to_currency', to_currency,
            'to_amount', to_amount::text, 'at', at) ORDER BY id DESC)
        FROM page WHERE place <= 8), '[]') AS exchanges,
    (SELECT id FROM page WHERE place = 8 AND EXISTS (SELECT FROM page WHERE place = 9)) AS next
FROM users u
WHERE u.id = :user_id
