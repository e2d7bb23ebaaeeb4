-- internal: holds the money of a cash-out and writes its row
-- The caller has locked the person's row and the balance, and cashout_check has found enough there.
CREATE FUNCTION cashout_make(
    p_request_key text, p_target destinations, p_amount numeric, p_net numeric, p_at timestamptz
) RETURNS cashouts LANGUAGE plpgsql AS $$
DECLARE
    worth numeric := cashout_worth(p_target.currency, p_amount, p_at);
    moved bigint;
    made  cashouts;
BEGIN
    moved := ledger_transfer(p_request_key || '.out', 'cashout', NULL, '', ARRAY[
        ('available', p_target.user_id, p_target.currency, -p_amount),
        ('held', NULL, p_target.currency, p_amount)]::ledger_line[], p_at);
    IF moved IS NULL THEN RAISE EXCEPTION 'the balance was not locked' USING ERRCODE = 'LB002'; END IF;
    INSERT INTO cashouts (
        slug, user_id, currency, network, amount, net, usd_worth, address, bank_code, bank_name, account_name, proven, state,
        created_at)
    SELECT cashout_slug(), p_target.user_id, p_target.currency, p_target.network, p_amount, p_net, worth, p_target.address,
        p_target.bank_code, p_target.bank_name, p_target.account_name, cashout_code = 'verified' AND EXISTS (
            SELECT FROM users WHERE id = p_target.user_id AND email_verified_at IS NOT NULL),
        CASE WHEN cashout_approval_usd > 0 AND worth >= cashout_approval_usd THEN 'awaiting_approval' ELSE 'requested' END, p_at
    FROM terms RETURNING * INTO made;
    INSERT INTO holds (cashout_id, user_id, currency, amount, began_by, began_at, source)
    VALUES (made.id, made.user_id, made.currency, made.amount, moved, p_at, 'wallet');
    PERFORM contacts_keep(p_target, p_at);
    IF made.state = 'awaiting_approval' THEN
        PERFORM admin_tell('cashout_approval', cashout_news(made), 'cashout_approval.' || made.id, p_at);
    END IF;
    RETURN made;
END
$$;
