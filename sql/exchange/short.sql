-- internal: the refusal when there is less of a currency than is to be given for it
CREATE FUNCTION exchange_short(p_user_id bigint, p_code text, p_amount numeric) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object('reason', 'insufficient', 'details', jsonb_build_object(
        'currency', p_code, 'total', p_amount::text, 'available', own::text))
    FROM (SELECT coalesce((SELECT balance FROM accounts
        WHERE owner = p_user_id AND currency = p_code AND kind = 'available'), 0) AS own) a
    WHERE own < p_amount
$$;
