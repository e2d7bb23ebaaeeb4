-- internal: why an exchange cannot be, as {reason, details}; null when it can. p_gained null: there is no price
CREATE FUNCTION exchange_why_not(
    p_user_id bigint, p_rules terms, p_from text, p_to text, p_amount numeric, p_gained numeric, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
    person users;
    worth  numeric := round(p_amount * rates_usd(p_from, p_at, p_rules.exchange_sources), 2);
BEGIN
    SELECT * INTO person FROM users WHERE id = p_user_id;
    RETURN CASE
        WHEN person.onboarded_at IS NULL THEN '{"reason": "not_onboarded", "details": {}}'
        WHEN person.blocked_at IS NOT NULL THEN '{"reason": "blocked", "details": {}}'
        WHEN NOT (p_amount > 0 AND p_amount < 1e15)
            OR p_amount <> trunc(p_amount, (SELECT scale FROM currencies WHERE code = p_from))
            THEN '{"reason": "inexact_amount", "details": {}}'
        WHEN p_gained IS NULL OR worth IS NULL THEN '{"reason": "no_rate", "details": {}}'
        WHEN worth < p_rules.exchange_smallest_usd OR p_gained <= 0 THEN jsonb_build_object('reason', 'below_minimum',
            'details', jsonb_build_object('limit', p_rules.exchange_smallest_usd::text, 'worth', worth::text))
        WHEN worth > p_rules.exchange_largest_usd THEN jsonb_build_object('reason', 'above_maximum',
            'details', jsonb_build_object('limit', p_rules.exchange_largest_usd::text, 'worth', worth::text))
        WHEN (p_gained - ledger_balance('exchange', p_to)) * rates_usd(p_to, p_at) > p_rules.exchange_position_usd
            THEN '{"reason": "position", "details": {}}'
    END::jsonb;
END
$$;
