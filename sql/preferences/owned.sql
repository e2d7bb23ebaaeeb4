-- internal: what ties a person to LockBay
-- `money` must go before the account can be closed. `small` is less than can be cashed out, and stays where it is; so does the
-- fee credit.
CREATE FUNCTION preferences_owned(p_user_id bigint) RETURNS TABLE (
    open_trades int, open_cashouts int, open_tickets int, is_staff boolean, money jsonb, small jsonb, credit jsonb
) LANGUAGE sql STABLE AS $$
    SELECT
        ((SELECT count(*) FROM trades WHERE ended_at IS NULL AND buyer_id = p_user_id)
            + (SELECT count(*) FROM trades WHERE ended_at IS NULL AND seller_id = p_user_id))::int,
        (SELECT count(*) FROM cashouts WHERE user_id = p_user_id AND ended_at IS NULL)::int,
        (SELECT count(*) FROM tickets WHERE user_id = p_user_id AND state = 'open')::int,
        EXISTS (SELECT FROM staff WHERE user_id = p_user_id),
        coalesce(jsonb_agg(jsonb_build_object('currency', currency, 'amount', amount::text) ORDER BY "position")
            FILTER (WHERE kind = 'available' AND amount >= least), '[]'),
        coalesce(jsonb_agg(jsonb_build_object('currency', currency, 'amount', amount::text) ORDER BY "position")
            FILTER (WHERE kind = 'available' AND amount < least), '[]'),
        coalesce(jsonb_agg(jsonb_build_object('currency', currency, 'amount', amount::text) ORDER BY "position")
            FILTER (WHERE kind = 'credit'), '[]')
    FROM (
        SELECT a.kind, a.currency, a.balance AS amount, c.position,
            coalesce((SELECT min(f.least) FROM payout_fees f WHERE f.currency = a.currency), 0) AS least
        FROM accounts a JOIN currencies c ON c.code = a.currency
        WHERE a.owner = p_user_id AND a.balance > 0 AND a.kind IN ('available', 'credit')) theirs
$$;
