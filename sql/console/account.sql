-- A page of an account's postings, the newest first, for finance; no row for anybody else. A person's account is read in the order
-- of its versions, one of the house in that of transactions. `before` is a posting, 0 begins.
WITH a AS MATERIALIZED (
    SELECT * FROM accounts WHERE id = :account_id
), bound AS (
    SELECT CASE :before::bigint WHEN 0 THEN 9223372036854775807 ELSE :before::bigint END AS id,
        coalesce((SELECT written FROM postings WHERE id = :before::bigint), '18446744073709551615') AS written
), page AS MATERIALIZED (
    SELECT found.*, row_number() OVER (ORDER BY found.written DESC, found.id DESC) AS place FROM (
        (SELECT p.* FROM a CROSS JOIN LATERAL (
            SELECT * FROM postings WHERE a.user_id IS NOT NULL AND account_id = a.id AND version IS NOT NULL
                AND id < (SELECT id FROM bound)
            ORDER BY id DESC LIMIT 26) p)
        UNION ALL
        (SELECT p.* FROM a CROSS JOIN LATERAL (
            SELECT * FROM postings WHERE a.user_id IS NULL AND account_id = a.id AND version IS NULL
                AND written <= (SELECT written FROM bound) AND (written, id) < ((SELECT written FROM bound), (SELECT id FROM bound))
            ORDER BY written DESC, id DESC LIMIT 26) p)) found
    LIMIT 26
)
SELECT
    a.id, a.kind, a.currency, a.user_id AS owner_id, users_name(a.user_id) AS owner,
    coalesce(a.balance, ledger_balance(a.kind, a.currency)) AS balance,
    coalesce((
        SELECT jsonb_agg(jsonb_build_object('id', p.id, 'transfer_id', p.transfer_id, 'kind', t.kind, 'note', t.note, 'at', t.at,
            'trade_id', t.trade_id, 'amount', p.amount::text, 'balance_after', p.balance_after::text) ORDER BY p.place)
        FROM page p JOIN transfers t ON t.id = p.transfer_id WHERE p.place <= 25), '[]') AS postings,
    (SELECT id FROM page WHERE place = 25 AND EXISTS (SELECT FROM page WHERE place = 26)) AS next
FROM staff CROSS JOIN a
WHERE staff.user_id = :user_id AND staff.role IN ('finance', 'owner')
