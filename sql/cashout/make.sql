-- internal: holds the money of a cash-out and writes its row
-- p_worth is in USD, null when nobody knows. Over a network that nobody pays over by himself it waits for the staff from the start.
-- The caller has locked the person's row and the balance, and cashout_check has found enough there.
CREATE FUNCTION cashout_make(
    p_request_key text, p_target destinations, p_amount numeric, p_net numeric, p_worth numeric, p_at timestamptz
) RETURNS cashouts LANGUAGE plpgsql AS $$
DECLARE
    moved bigint;
    made  cashouts;
BEGIN
    moved := ledger_transfer(p_request_key || '.out', 'cashout', NULL, '', ARRAY[
        ('available', p_target.user_id, p_target.currency, -p_amount),
        ('held', NULL, p_target.currency, p_amount)]::ledger_line[], p_at);
    IF moved IS NULL THEN RAISE EXCEPTION 'the balance was not locked' USING ERRCODE = 'LB002'; END IF;
    INSERT INTO cashouts (
        slug, user_id, currency, network, amount, net, usd_worth, address, bank_code, bank_name, account_name, proven, state,
        problem, ask_at, created_at)
    SELECT cashout_slug(), p_target.user_id, p_target.currency, p_target.network, p_amount, p_net, p_worth, p_target.address,
        p_target.bank_code, p_target.bank_name, p_target.account_name, t.cashout_code = 'verified' AND EXISTS (
            SELECT FROM users WHERE id = p_target.user_id AND email_verified_at IS NOT NULL),
        begins.state, CASE begins.state WHEN 'waiting' THEN 'no_provider' END,
        CASE begins.state WHEN 'waiting' THEN p_at + interval '15 minutes' END, p_at
    FROM terms t
    JOIN payout_fees f ON f.currency = p_target.currency AND f.network = p_target.network
    CROSS JOIN LATERAL (SELECT CASE
        WHEN t.cashout_approval_usd > 0 AND p_worth >= t.cashout_approval_usd THEN 'awaiting_approval'
        WHEN f.by_hand THEN 'waiting' ELSE 'requested' END AS state) begins
    RETURNING * INTO made;
    INSERT INTO holds (cashout_id, user_id, currency, amount, began_by, began_at, source)
    VALUES (made.id, made.user_id, made.currency, made.amount, moved, p_at, 'wallet');
    PERFORM contacts_keep(p_target, p_at);
    IF made.state = 'awaiting_approval' THEN
        PERFORM cashout_tell_staff(made, 'cashout_approval', 'cashout_approval.' || made.id, p_at);
    ELSIF made.state = 'waiting' THEN
        PERFORM cashout_tell_staff(made, 'payout_waiting', format('payout_waiting.%s.', made.id), p_at);
    END IF;
    RETURN made;
END
$$;
