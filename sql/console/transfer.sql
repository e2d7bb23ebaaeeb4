-- A transfer with its postings and with the rows that are the reason for it, for finance; no row for anybody else.
SELECT
    t.id, t.kind, t.request_key, t.note, t.at, t.trade_id, tr.slug,
    coalesce((
        SELECT jsonb_agg(jsonb_build_object('id', p.id, 'account_id', a.id, 'kind', a.kind, 'owner_id', a.user_id, 'owner', users_name(a.user_id),
            'amount', p.amount::text, 'currency', p.currency, 'balance_after', p.balance_after::text) ORDER BY p.id)
        FROM postings p JOIN accounts a ON a.id = p.account_id WHERE p.transfer_id = t.id), '[]') AS postings,
    coalesce((
        SELECT jsonb_agg(jsonb_build_object('what', what, 'id', id, 'text', text, 'cashout_id', cashout_id, 'unapplied_id', unapplied_id)
            ORDER BY what, id)
        FROM (
            SELECT 'hold that began' AS what, id, amount || ' ' || currency || ', from ' || source AS text, cashout_id,
                NULL::bigint AS unapplied_id
            FROM holds WHERE began_by = t.id
            UNION ALL
            SELECT 'hold that ended', id, amount || ' ' || currency || ', ' || ended_as, cashout_id, NULL FROM holds WHERE ended_by = t.id
            UNION ALL
            SELECT 'event of a provider', id, provider || ' told ' || amount || ' ' || currency || ' over ' || network || ', ' || event_id,
                NULL, NULL FROM provider_events WHERE transfer_id = t.id
            UNION ALL
            SELECT 'conversion', id, from_amount || ' ' || from_currency || ' to ' || to_amount || ' ' || to_currency || ' at ' || price,
                NULL, NULL FROM conversions WHERE transfer_id = t.id
            UNION ALL
            SELECT 'unapplied payment', id, reason || ', ' || ended_as || ': ' || note, NULL, id FROM unapplied WHERE ended_by = t.id
            UNION ALL
            SELECT 'quote', id, from_amount || ' ' || from_currency || ' for ' || to_amount || ' ' || to_currency, NULL, NULL
            FROM quotes WHERE used_by = t.id) reasons), '[]') AS reasons
FROM staff
JOIN transfers t ON t.id = :transfer_id
LEFT JOIN trades tr ON tr.id = t.trade_id
WHERE staff.user_id = :user_id AND staff.role IN ('finance', 'owner')
