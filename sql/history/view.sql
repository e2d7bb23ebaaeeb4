-- One page of a person's movements, the newest first; one more than the page tells whether there is another.
WITH page AS MATERIALIZED (
    SELECT p.id, t.at, t.kind, a.kind AS account, a.currency, p.amount, p.balance_after, t.trade_id, tr.slug, t.note,
        row_number() OVER (ORDER BY p.id DESC) AS place
    FROM accounts a
    CROSS JOIN LATERAL (
        SELECT * FROM postings
        WHERE account_id = a.id AND version IS NOT NULL
            AND id < CASE :before::bigint WHEN 0 THEN 9223372036854775807 ELSE :before::bigint END
        ORDER BY id DESC LIMIT 11
    ) p
    JOIN transfers t ON t.id = p.transfer_id
    LEFT JOIN trades tr ON tr.id = t.trade_id
    WHERE a.owner = :user_id
    ORDER BY p.id DESC LIMIT 11
)
SELECT
    coalesce((
        SELECT jsonb_agg(jsonb_build_object(
            'id', id, 'at', at, 'kind', kind, 'account', account, 'currency', currency, 'amount', amount::text,
            'balance_after', balance_after::text, 'trade_id', trade_id, 'slug', slug, 'note', note) ORDER BY id DESC)
        FROM page WHERE place <= 10), '[]') AS movements,
    (SELECT id FROM page WHERE place = 10 AND EXISTS (SELECT FROM page WHERE place = 11)) AS next
FROM users u
WHERE u.id = :user_id
