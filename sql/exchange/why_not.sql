-- internal: why an exchange cannot be promised, as {reason, details}; null when it can. p_gained null: there is no price
CREATE FUNCTION exchange_why_not(
    p_user_id bigint, p_rules terms, p_from text, p_to text, p_amount numeric, p_gained numeric, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
    price numeric := rates_usd(p_from, p_at, p_rules.exchange_sources);
    worth numeric := round(p_amount * price, 2);
BEGIN
    IF NOT (p_amount > 0 AND p_amount < 1e15)
        OR p_amount <> trunc(p_amount, (SELECT scale FROM currencies WHERE code = p_from)) THEN
        RETURN '{"reason": "inexact_amount", "details": {}}';
    END IF;
    IF p_gained IS NULL OR worth IS NULL THEN
        RETURN jsonb_build_object('reason', 'no_rate', 'details', jsonb_build_object(
            'currency', CASE WHEN price IS NULL THEN p_from ELSE p_to END));
    END IF;
    IF worth < p_rules.exchange_smallest_usd OR p_gained <= 0 THEN
        RETURN jsonb_build_object('reason', 'below_minimum', 'details', jsonb_build_object(
            'limit', p_rules.exchange_smallest_usd::text, 'worth', worth::text));
    END IF;
    IF worth > p_rules.exchange_largest_usd THEN
        RETURN jsonb_build_object('reason', 'above_maximum', 'details', jsonb_build_object(
            'limit', p_rules.exchange_largest_usd::text, 'worth', worth::text));
    END IF;
    RETURN coalesce(exchange_short(p_user_id, p_from, p_amount), exchange_barred(p_user_id, p_rules, p_to, p_gained, p_at));
END
$$;
