-- A page of a person's movements, the newest first, for the staff; no row for anybody else.
WITH page AS MATERIALIZED (
    SELECT p.id, p.transfer_id, p.amount, p.balance_after, a.kind AS account, a.currency, row_number() OVER (ORDER BY p.id DESC) AS place
    FROM accounts a
    CROSS JOIN LATERAL (
        SELECT * FROM postings
        WHERE account_id = a.id AND version IS NOT NULL
            AND id < CASE :before::bigint WHEN 0 THEN 9223372036854775807 ELSE :before::bigint END
        ORDER BY id DESC LIMIT 11
    ) p
    WHERE a.owner = :person::bigint
    ORDER BY p.id DESC LIMIT 11
)
SELECT
    u.id, users_name(u.id) AS name,
    coalesce((
        SELECT jsonb_agg(jsonb_build_object(
            'id', page.id, 'at', t.at, 'kind', t.kind, 'account', page.account, 'currency', page.currency, 'amount', page.amount::text,
            'balance', page.balance_after::text, 'slug', trade.slug) ORDER BY page.id DESC)
        FROM page JOIN transfers t ON t.id = page.transfer_id LEFT JOIN trades trade ON trade.id = t.trade_id
        WHERE place <= 10), '[]') AS movements,
    (SELECT id FROM page WHERE place = 10 AND EXISTS (SELECT FROM page WHERE place = 11)) AS next
FROM staff
JOIN users u ON u.id = :person::bigint
WHERE staff.user_id = :user_id AND :person::bigint <> 0
