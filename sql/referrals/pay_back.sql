-- internal: pays their shares of an earned fee back to those sides of a trade that have fee credit
-- Without a price nothing is paid back, and the credit stays for the next fee. The caller has locked their accounts.
CREATE FUNCTION referrals_pay_back(p_request_key text, p_trade trades, p_sides bigint[], p_fee numeric, p_at timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    side  record;
    moved bigint;
BEGIN
    FOR side IN
        SELECT a.user_id, a.balance, part.share, part.worth, least(a.balance, part.worth) AS amount
        FROM accounts a, referrals_share(p_trade, a.user_id, p_fee, p_at) part
        WHERE a.owner = ANY (p_sides) AND a.currency = 'USDT' AND a.kind = 'credit' AND a.balance > 0 AND part.worth > 0
        ORDER BY a.user_id
    LOOP
        moved := ledger_transfer(format('%s.credit.%s', p_request_key, side.user_id), 'credit', p_trade.id, '', ARRAY[
            ('credit', side.user_id, 'USDT', -side.amount), ('available', side.user_id, 'USDT', side.amount)]::ledger_line[], p_at);
        INSERT INTO credit_uses (trade_id, user_id, fee, worth, amount, transfer_id, at)
        VALUES (p_trade.id, side.user_id, side.share, side.worth, side.amount, moved, p_at);
        PERFORM outbox_notice(side.user_id, 'fee_credit_used', jsonb_build_object(
                'trade_id', p_trade.id, 'slug', p_trade.slug, 'amount', side.amount::text,
                'left', (side.balance - side.amount)::text),
            format('fee_credit_used.%s.%s', p_trade.id, side.user_id), p_at);
    END LOOP;
END
$$;
