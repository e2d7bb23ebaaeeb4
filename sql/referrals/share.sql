-- internal: what one side bears of an earned fee, in the trade's currency, and what that is worth in USDT now (null: no price)
-- Who is paid back in another coin has exchanged their share: as many sources must agree. The odd unit is the buyer's, as in the
-- split of the fee itself.
CREATE FUNCTION referrals_share(p_trade trades, p_user_id bigint, p_fee numeric, p_at timestamptz, OUT share numeric, OUT worth numeric)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    sellers numeric := CASE WHEN p_trade.fee = 0 THEN 0 ELSE
        trunc(p_fee * p_trade.seller_fee / p_trade.fee, (SELECT scale FROM currencies WHERE code = p_trade.currency)) END;
BEGIN
    share := CASE WHEN p_user_id = p_trade.buyer_id THEN p_fee - sellers ELSE sellers END;
    worth := CASE WHEN p_trade.currency = 'USDT' THEN share
        ELSE trunc(share * rates_market(p_trade.currency, 'USDT', p_at), 6) END;
END
$$;
