-- The accounts of the house with what their postings sum to, for finance; no row for anybody else.
SELECT
    coalesce((
        SELECT jsonb_agg(jsonb_build_object('id', a.id, 'kind', a.kind, 'currency', a.currency,
            'balance', ledger_balance(a.kind, a.currency)::text) ORDER BY c.position, a.kind)
        FROM accounts a JOIN currencies c ON c.code = a.currency WHERE a.owner = 0), '[]') AS accounts
FROM staff
WHERE staff.user_id = :user_id AND staff.role IN ('finance', 'owner')
