-- internal: why a cash-out cannot be requested, as {reason, details}; null when it can
CREATE FUNCTION cashout_why_not(
    p_person users, p_rules terms, p_cost payout_fees, p_target destinations, p_amount numeric, p_net numeric, p_worth numeric,
    p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
    today record;
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
    IF p_amount IS NULL OR NOT (p_amount > 0 AND p_amount < 1e15)
        OR p_amount <> trunc(p_amount, (SELECT scale FROM currencies WHERE code = p_target.currency)) THEN
        RETURN '{"reason": "inexact_amount", "details": {}}';
    END IF;
    IF p_amount < p_cost.least THEN
        RETURN jsonb_build_object('reason', 'below_minimum', 'details', jsonb_build_object('least', p_cost.least::text));
    END IF;
    IF p_net <> p_amount - p_cost.fee THEN
        RETURN jsonb_build_object('reason', 'terms_changed', 'details', jsonb_build_object(
            'fee', p_cost.fee::text, 'net', (p_amount - p_cost.fee)::text));
    END IF;
    IF contacts_ours(p_target.network, p_target.address) THEN
        RETURN '{"reason": "own_address", "details": {}}';
    END IF;
    SELECT count(*) AS cashouts, coalesce(sum(usd_worth), 0) AS usd INTO today FROM cashouts
    WHERE user_id = p_person.id AND created_at > p_at - interval '24 hours' AND state NOT IN ('refunded', 'declined', 'cancelled');
    IF p_rules.cashout_daily_count > 0 AND today.cashouts >= p_rules.cashout_daily_count THEN
        RETURN jsonb_build_object('reason', 'daily_count', 'details', jsonb_build_object('limit', p_rules.cashout_daily_count::text));
    END IF;
    IF p_worth IS NULL AND greatest(p_rules.cashout_daily_usd, p_rules.cashout_approval_usd,
        CASE WHEN p_person.email_verified_at IS NULL THEN p_rules.cashout_unverified_daily_usd ELSE 0 END) > 0 THEN
        RETURN jsonb_build_object('reason', 'no_rate', 'details', jsonb_build_object('currency', p_target.currency));
    END IF;
    IF p_rules.cashout_daily_usd > 0 AND today.usd + p_worth > p_rules.cashout_daily_usd THEN
        RETURN jsonb_build_object('reason', 'daily_usd', 'details', jsonb_build_object(
            'limit', p_rules.cashout_daily_usd::text, 'left', greatest(p_rules.cashout_daily_usd - today.usd, 0)::text));
    END IF;
    IF p_person.email_verified_at IS NULL AND p_rules.cashout_unverified_daily_usd > 0
        AND today.usd + p_worth > p_rules.cashout_unverified_daily_usd THEN
        RETURN jsonb_build_object('reason', 'unverified_daily_usd', 'details', jsonb_build_object(
            'limit', p_rules.cashout_unverified_daily_usd::text,
            'left', greatest(p_rules.cashout_unverified_daily_usd - today.usd, 0)::text));
    END IF;
    RETURN NULL;
END
$$;
