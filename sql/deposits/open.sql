-- internal: the open place to pay in for a purpose, brought up to date with what is missing of its trade
-- A coin's address is one for a trade, whatever is missing; a bank transfer is of one amount, and its page is used up when
-- something has come by it.
CREATE FUNCTION deposits_open(
    p_trade trades, p_user_id bigint, p_coin currencies, p_network text, p_amount numeric, p_at timestamptz
) RETURNS payins LANGUAGE plpgsql AS $$
DECLARE
    payin payins;
BEGIN
    IF p_trade.id IS NULL THEN
        SELECT * INTO payin FROM payins
        WHERE user_id = p_user_id AND trade_id IS NULL AND currency = p_coin.code AND network = p_network
            AND coalesce(valid_until > p_at, true) AND (p_network <> 'BANK' OR amount = p_amount AND NOT deposits_used(id))
        ORDER BY id DESC LIMIT 1;
        RETURN payin;
    END IF;
    SELECT * INTO payin FROM payins p
    WHERE trade_id = p_trade.id AND currency = p_coin.code AND network = p_network
        AND (p_network <> 'BANK' OR amount = deposits_missing(p_trade, p_coin, deposits_price(p, p_at, p_at), p_at)
            AND NOT deposits_used(id))
    ORDER BY id DESC LIMIT 1;
    UPDATE payins SET amount = deposits_missing(p_trade, p_coin, deposits_price(payin, p_at, p_at), p_at),
        valid_until = trades_due(p_trade, p_at)
    WHERE id = payin.id RETURNING * INTO payin;
    RETURN payin;
END
$$;
