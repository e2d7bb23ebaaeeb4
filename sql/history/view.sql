-- One page of a person's movements, the newest first, of one kind and currency or all; one more than the page tells whether there
-- is another.
-- A kind stands in the transfer, not in the posting: what is looked for is found among an account's next 500 postings. Where an
-- account has more, the page ends at the last of them, with fewer movements than it has room for, and the next goes on there.
WITH seen AS MATERIALIZED (
    SELECT a.id AS account_id, a.kind AS account, a.currency, p.id, p.transfer_id, p.amount, p.balance_after
    FROM accounts a
    CROSS JOIN LATERAL (
        SELECT * FROM postings
        WHERE account_id = a.id AND version IS NOT NULL
            AND id < CASE :before::bigint WHEN 0 THEN 9223372036854775807 ELSE :before::bigint END
        ORDER BY id DESC LIMIT CASE :kind::text WHEN 'all' THEN 11 ELSE 500 END
    ) p
    WHERE a.owner = :user_id AND :currency::text IN ('all', a.currency)
), horizon AS MATERIALIZED (
    SELECT coalesce(max(lowest), 0) AS id
    FROM (SELECT min(id) AS lowest FROM seen GROUP BY account_id HAVING count(*) = 500) full_ones
), page AS MATERIALIZED (
    SELECT seen.*, row_number() OVER (ORDER BY seen.id DESC) AS place
    FROM seen JOIN transfers t ON t.id = seen.transfer_id
    WHERE :kind::text IN ('all', history_group(t.kind, seen.account)) AND seen.id >= (SELECT id FROM horizon)
    ORDER BY seen.id DESC LIMIT 11
)
SELECT
    coalesce((
        SELECT jsonb_agg(history_movement(id, transfer_id, account, currency, amount, balance_after) ORDER BY id DESC)
        FROM page WHERE place <= 10), '[]') AS movements,
    CASE WHEN EXISTS (SELECT FROM page WHERE place = 11) THEN (SELECT id FROM page WHERE place = 10)
        ELSE (SELECT nullif(id, 0) FROM horizon) END AS next,
    (SELECT coalesce(jsonb_agg(code ORDER BY position), '[]') FROM currencies
        WHERE code IN (SELECT currency FROM accounts WHERE owner = u.id)) AS currencies
FROM users u
WHERE u.id = :user_id
