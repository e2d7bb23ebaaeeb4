-- internal: why a cash-out cannot be requested, as {reason, details}; null when it can
-- p_cashouts and p_usd: what went out, or is to, in the last 24 hours
CREATE FUNCTION cashout_why_not(
    p_person users, p_rules terms, p_cost payout_fees, p_scale int, p_ask cashout_ask, p_cashouts bigint, p_usd numeric,
    p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
    lower numeric := cashout_lower_limit(p_person, p_rules, p_at);
BEGIN
    IF p_person.onboarded_at IS NULL THEN RETURN '{"reason": "not_onboarded", "details": {}}'; END IF;
    IF users_barred(p_person) IS NOT NULL THEN
        RETURN jsonb_build_object('reason', users_barred(p_person), 'details', '{}'::jsonb);
    END IF;
    IF cashout_barred_until(p_person, p_rules, p_at) IS NOT NULL THEN
        RETURN jsonb_build_object('reason', 'email_changed', 'details', jsonb_build_object(
            'until', cashout_barred_until(p_person, p_rules, p_at)));
    END IF;
    IF p_cost.fee IS NULL THEN RETURN '{"reason": "unknown_currency", "details": {}}'; END IF;
    IF NOT (p_ask.amount > 0 AND p_ask.amount < 1e15) OR p_ask.amount <> trunc(p_ask.amount, p_scale) THEN
        RETURN '{"reason": "inexact_amount", "details": {}}';
    END IF;
    IF p_ask.amount < p_cost.least THEN
        RETURN jsonb_build_object('reason', 'below_minimum', 'details', jsonb_build_object('least', p_cost.least::text));
    END IF;
    IF p_ask.net <> p_ask.amount - p_cost.fee THEN
        RETURN jsonb_build_object('reason', 'terms_changed', 'details', jsonb_build_object(
            'fee', p_cost.fee::text, 'net', (p_ask.amount - p_cost.fee)::text));
    END IF;
    IF contacts_ours(p_ask.network, p_ask.address) THEN
        RETURN '{"reason": "own_address", "details": {}}';
    END IF;
    IF p_rules.cashout_daily_count > 0 AND p_cashouts >= p_rules.cashout_daily_count THEN
        RETURN jsonb_build_object('reason', 'daily_count', 'details', jsonb_build_object('limit', p_rules.cashout_daily_count::text,
            'until', cashout_possible(p_person.id, p_rules.cashout_daily_count, NULL, NULL, p_at)));
    END IF;
    IF p_ask.worth IS NULL AND greatest(p_rules.cashout_daily_usd, p_rules.cashout_approval_usd,
        lower) > 0 THEN
        RETURN jsonb_build_object('reason', 'no_rate', 'details', jsonb_build_object('currency', p_ask.currency));
    END IF;
    IF p_rules.cashout_daily_usd > 0 AND p_usd + p_ask.worth > p_rules.cashout_daily_usd THEN
        RETURN jsonb_build_object('reason', 'daily_usd', 'details', jsonb_strip_nulls(jsonb_build_object(
            'limit', p_rules.cashout_daily_usd::text, 'left', greatest(p_rules.cashout_daily_usd - p_usd, 0)::text,
            'until', cashout_possible(p_person.id, NULL, p_rules.cashout_daily_usd, p_ask.worth, p_at))));
    END IF;
    IF p_usd + p_ask.worth > lower THEN
        RETURN jsonb_build_object(
            'reason', CASE WHEN p_person.email_verified_at IS NULL THEN 'unverified_daily_usd' ELSE 'new_email_daily_usd' END,
            'details', jsonb_strip_nulls(jsonb_build_object('limit', lower::text, 'left', greatest(lower - p_usd, 0)::text,
                'until', least(cashout_possible(p_person.id, NULL, lower, p_ask.worth, p_at),
                    CASE WHEN p_person.email_verified_at IS NOT NULL THEN p_person.email_first_at + interval '24 hours' END))));
    END IF;
    RETURN NULL;
END
$$;
