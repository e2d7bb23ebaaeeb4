-- internal: holds the money of cash-outs and writes their rows, in the order of p_asked, but for those that are refused
-- What is to arrive stands in the transfer, too, which nobody can change: the audit compares the two.
-- Over a network that nobody pays over by himself one waits for the staff from the start.
-- The caller has locked the people's rows and the balances, and cashout_judge has found enough there; of one person there is one.
CREATE FUNCTION cashout_make(p_asked cashout_ask[], p_at timestamptz) RETURNS cashouts[] LANGUAGE plpgsql AS $$
DECLARE
    made cashouts[];
BEGIN
    PERFORM ledger_hold(
        array_agg(request_key || '.out'), 'cashout', array_agg(user_id), array_agg(currency), array_agg(amount),
        array_agg('net ' || trim_scale(net)), p_at)
    FROM unnest(p_asked) WHERE refusal IS NULL HAVING count(*) > 0;
    WITH fresh AS (
        INSERT INTO cashouts (
            slug, user_id, currency, network, amount, net, usd_worth, address, bank_code, bank_name, account_name, proven, state,
            problem, ask_at, created_at)
        SELECT cashout_slug(), ask.user_id, ask.currency, ask.network, ask.amount, ask.net, ask.worth, ask.address,
            ask.bank_code, ask.bank_name, ask.account_name, t.cashout_code = 'verified' AND u.email_verified_at IS NOT NULL,
            begins.state, CASE begins.state WHEN 'waiting' THEN 'no_provider' END,
            CASE begins.state WHEN 'waiting' THEN p_at + interval '15 minutes' END, p_at
        FROM unnest(p_asked) ask
        CROSS JOIN terms t
        JOIN users u ON u.id = ask.user_id
        JOIN payout_fees f ON f.currency = ask.currency AND f.network = ask.network
        CROSS JOIN LATERAL (SELECT CASE
            WHEN t.cashout_approval_usd > 0 AND ask.worth >= t.cashout_approval_usd THEN 'awaiting_approval'
            WHEN f.by_hand THEN 'waiting' ELSE 'requested' END AS state) begins
        WHERE ask.refusal IS NULL
        RETURNING *
    ), held AS (
        INSERT INTO holds (cashout_id, user_id, currency, amount, began_by, began_at, source)
        SELECT fresh.id, fresh.user_id, fresh.currency, fresh.amount, moved.id, p_at, 'wallet'
        FROM fresh JOIN unnest(p_asked) ask USING (user_id) JOIN transfers moved ON moved.request_key = ask.request_key || '.out'
    )
    SELECT array_agg(fresh) INTO made FROM fresh;
    PERFORM contacts_keep(p_asked, p_at);
    PERFORM CASE cashout.state
        WHEN 'awaiting_approval' THEN cashout_tell_staff(cashout, 'cashout_approval', 'cashout_approval.' || cashout.id, p_at)
        WHEN 'waiting' THEN cashout_tell_staff(cashout, 'payout_waiting', format('payout_waiting.%s.', cashout.id), p_at) END
    FROM unnest(made) cashout;
    RETURN made;
END
$$;
