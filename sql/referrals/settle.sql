-- internal: what comes with a fee of p_fee that is just being earned: fee credit pays it back, and who brought a side of the trade
-- gets theirs when that side has now traded enough. p_usd is what of the trade's worth is released.
-- Called before the trade's own transfer, with the trade locked: all accounts, those of the transfer that follows as well, are locked
-- at once. Without credit and referrer that is one look for each side.
CREATE FUNCTION referrals_settle(p_request_key text, p_trade trades, p_fee numeric, p_usd numeric, p_at timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    sides    CONSTANT bigint[] := ARRAY[p_trade.buyer_id, p_trade.seller_id];
    rules    terms;
    due      users[] := ARRAY(SELECT newcomer FROM referrals_due(p_trade, p_usd) newcomer);
    payers   bigint[] := ARRAY(
        SELECT user_id FROM accounts WHERE owner = ANY (sides) AND currency = 'USDT' AND kind = 'credit' AND balance > 0);
    newcomer users;
    gift     numeric;
BEGIN
    IF due = '{}' AND payers = '{}' THEN RETURN; END IF;
    PERFORM ledger_lock(ARRAY(
        SELECT ('available', side, p_trade.currency, 1)::ledger_line FROM unnest(sides) side
        UNION ALL SELECT ('available', payer, 'USDT', 1)::ledger_line FROM unnest(payers) payer
        UNION ALL SELECT ('credit', payer, 'USDT', -1)::ledger_line FROM unnest(payers) payer
        UNION ALL SELECT ('credit', one.referred_by, 'USDT', 1)::ledger_line FROM unnest(due) one));
    PERFORM referrals_pay_back(p_request_key, p_trade, payers, p_fee, p_at);
    SELECT * INTO rules FROM terms;
    gift := trunc(rules.referral_referrer, 6);
    FOREACH newcomer IN ARRAY due LOOP
        IF referrals_give(p_request_key, newcomer.id, 'referrer', newcomer.referred_by, gift, rules.referral_volume_usd,
            p_trade.id, p_at) THEN
            PERFORM outbox_notice(newcomer.referred_by, 'referral_earned', jsonb_build_object(
                'name', newcomer.first_name, 'amount', gift::text), 'referral_earned.' || newcomer.id, p_at);
        END IF;
    END LOOP;
END
$$;
