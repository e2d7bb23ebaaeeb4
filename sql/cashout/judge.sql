-- internal: says of each cash-out what it is worth, in USD, and why it cannot be requested now, as {reason, details}, if it cannot
-- Where it can, its code is used. The caller has locked the people's rows and the balances: a code is used up only by what then
-- happens. `own` null: what there is in the wallet. `amount` null: all of it.
CREATE FUNCTION cashout_judge(p_secret bytea, p_asked cashout_ask[], p_at timestamptz) RETURNS cashout_ask[] LANGUAGE plpgsql AS $$
DECLARE
    judged cashout_ask[] := '{}';
    ask    cashout_ask;
    facts  record;
BEGIN
    FOR facts IN
        WITH prices AS MATERIALIZED (
            SELECT code AS currency, scale, rates_worth(code, p_at) AS price
            FROM currencies WHERE code IN (SELECT currency FROM unnest(p_asked))
        )
        SELECT asked, u AS person, t AS rules, f AS cost, p.scale, p.price, coalesce(a.balance, 0) AS balance, today.*
        FROM unnest(p_asked) asked
        CROSS JOIN terms t
        LEFT JOIN users u ON u.id = asked.user_id
        LEFT JOIN prices p ON p.currency = asked.currency
        LEFT JOIN payout_fees f ON f.currency = asked.currency AND f.network = asked.network
        LEFT JOIN accounts a ON a.owner = asked.user_id AND a.currency = asked.currency AND a.kind = 'available'
        CROSS JOIN LATERAL (
            SELECT count(*) AS cashouts, coalesce(sum(usd_worth), 0) AS usd FROM cashouts
            WHERE user_id = asked.user_id AND created_at > p_at - interval '24 hours'
                AND state NOT IN ('refunded', 'declined', 'cancelled')) today
    LOOP
        ask := facts.asked;
        ask.own := coalesce(ask.own, facts.balance);
        ask.amount := coalesce(ask.amount, ask.own);
        ask.worth := round(ask.amount * facts.price, 2);
        ask.refusal := cashout_why_not(facts.person, facts.rules, facts.cost, facts.scale, ask, facts.cashouts, facts.usd, p_at);
        IF ask.refusal IS NULL AND ask.own < ask.amount THEN
            ask.refusal := jsonb_build_object('reason', 'insufficient', 'details', jsonb_build_object(
                'currency', ask.currency, 'total', ask.amount::text, 'available', ask.own::text));
        END IF;
        IF ask.refusal IS NULL AND (facts.rules).cashout_code = 'verified' AND (facts.person).email_verified_at IS NOT NULL THEN
            ask.refusal := codes_use(p_secret, ask.user_id, 'cashout', ask.code, p_at, cashout_outgoing(ask));
        END IF;
        judged := judged || ask;
    END LOOP;
    RETURN judged;
END
$$;
