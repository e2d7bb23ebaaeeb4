-- internal: what fee credit of p_user_id, USDT, paid back of a trade's fee; of a trade that goes on: would pay back now
-- Null where nothing: no credit, no fee for that side, no price.
CREATE FUNCTION referrals_credit_back(p_trade trades, p_user_id bigint, p_at timestamptz) RETURNS numeric
LANGUAGE plpgsql STABLE AS $$
DECLARE
    credit numeric;
BEGIN
    IF p_trade.ended_at IS NOT NULL THEN
        RETURN (SELECT amount FROM credit_uses WHERE trade_id = p_trade.id AND user_id = p_user_id);
    END IF;
    SELECT balance INTO credit FROM accounts
    WHERE owner = p_user_id AND currency = 'USDT' AND kind = 'credit' AND balance > 0;
    IF credit IS NULL THEN RETURN NULL; END IF;
    RETURN (
        SELECT nullif(least(credit, worth), 0)
        FROM referrals_share(p_trade, p_user_id, coalesce(p_trade.held - p_trade.payout, p_trade.fee), p_at) WHERE worth IS NOT NULL);
END
$$;
