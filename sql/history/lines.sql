-- The next movements of an ordered statement, as JSON that nobody has to read on the way; null: there are no more.
WITH page AS MATERIALIZED (
    SELECT p.id, p.transfer_id, s.account, s.currency, p.amount, p.balance_after
    FROM file_orders o
    CROSS JOIN jsonb_to_recordset(o.about -> 'spans') AS s (
        account_id bigint, account text, currency text, after bigint, until bigint)
    CROSS JOIN LATERAL (
        SELECT * FROM postings
        WHERE account_id = s.account_id AND version IS NOT NULL AND id > greatest(:after::bigint, s.after) AND id <= s.until
        ORDER BY id LIMIT :most::int
    ) p
    WHERE o.id = :order_id
    ORDER BY p.id LIMIT :most::int
)
SELECT jsonb_agg(history_movement(id, transfer_id, account, currency, amount, balance_after) ORDER BY id)::text AS lines,
    coalesce(max(id), 0) AS last
FROM page
