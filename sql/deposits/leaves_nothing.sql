-- internal: whether a payment for a trade surely leaves nothing over for the wallet, so that the balance is not touched
-- At the prices that were promised, its own and those of parts: where a worse one counts by now, more is needed.
CREATE FUNCTION deposits_leaves_nothing(p_payin payins, p_trade trades, p_currency text, p_value numeric)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce((
        SELECT p_payin.currency = p_currency AND trades_takes(p_trade) AND p_value <= deposits_missing(p_trade, c, p_payin.price, '-infinity')
        FROM currencies c WHERE c.code = p_currency), false)
$$;
