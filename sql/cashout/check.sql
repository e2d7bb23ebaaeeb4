-- internal: why a cash-out to p_target cannot be requested now, as {reason, details}; null when it can, and then its code is used
-- p_own is what there is of its currency, p_worth what the amount is worth in USD. The caller has locked the person's row and that
-- balance: a code is used up only by what then happens.
CREATE FUNCTION cashout_check(
    p_secret bytea, p_target destinations, p_own numeric, p_amount numeric, p_net numeric, p_worth numeric, p_code text,
    p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    person  users;
    rules   terms;
    cost    payout_fees;
    refusal jsonb;
BEGIN
    SELECT * INTO person FROM users WHERE id = p_target.user_id;
    SELECT * INTO rules FROM terms;
    SELECT * INTO cost FROM payout_fees WHERE currency = p_target.currency AND network = p_target.network;
    refusal := cashout_why_not(person, rules, cost, p_target, p_amount, p_net, p_worth, p_at);
    IF refusal IS NULL AND p_own < p_amount THEN
        refusal := jsonb_build_object('reason', 'insufficient', 'details', jsonb_build_object(
            'currency', p_target.currency, 'total', p_amount::text, 'available', p_own::text));
    END IF;
    IF refusal IS NULL AND rules.cashout_code = 'verified' AND person.email_verified_at IS NOT NULL THEN
        refusal := codes_use(p_secret, p_target.user_id, 'cashout', p_code, p_at);
    END IF;
    RETURN refusal;
END
$$;
