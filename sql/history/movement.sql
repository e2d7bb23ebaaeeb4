-- internal: a posting as the owner of its account is told of it; `slug` is of its trade or of its cash-out
CREATE FUNCTION history_movement(
    p_posting_id bigint, p_transfer_id bigint, p_account text, p_currency text, p_amount numeric, p_balance_after numeric
) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'id', p_posting_id, 'at', t.at, 'kind', t.kind, 'account', p_account, 'currency', p_currency, 'amount', p_amount::text,
        'balance_after', p_balance_after::text, 'trade_id', t.trade_id,
        'slug', CASE
            WHEN t.trade_id IS NOT NULL THEN tr.slug
            WHEN t.kind = 'cashout_refund' THEN t.note
            WHEN t.kind = 'cashout' THEN (
                SELECT c.slug FROM holds h JOIN cashouts c ON c.id = h.cashout_id
                WHERE h.began_by = t.id AND h.cashout_id IS NOT NULL) END,
        'note', t.note)
    FROM transfers t LEFT JOIN trades tr ON tr.id = t.trade_id
    WHERE t.id = p_transfer_id
$$;
