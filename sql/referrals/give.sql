-- internal: gives fee credit for a newcomer, once for each kind; answers whether it was given
-- The caller has locked who would give it twice at once: the newcomer's row, or the lock of referrals_due.
CREATE FUNCTION referrals_give(
    p_request_key text, p_referred_id bigint, p_kind text, p_user_id bigint, p_amount numeric, p_needed numeric, p_trade_id bigint,
    p_at timestamptz
) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    moved bigint;
BEGIN
    IF p_amount <= 0 OR EXISTS (SELECT FROM referral_rewards WHERE referred_id = p_referred_id AND kind = p_kind) THEN
        RETURN false;
    END IF;
    moved := ledger_transfer(format('%s.%s.%s', p_request_key, p_kind, p_referred_id), 'referral', NULL, '', ARRAY[
        ('promotions', NULL, 'USDT', -p_amount), ('credit', p_user_id, 'USDT', p_amount)]::ledger_line[], p_at);
    INSERT INTO referral_rewards (referred_id, kind, user_id, amount, needed, trade_id, transfer_id, at)
    VALUES (p_referred_id, p_kind, p_user_id, p_amount, p_needed, p_trade_id, moved, p_at);
    RETURN true;
END
$$;
