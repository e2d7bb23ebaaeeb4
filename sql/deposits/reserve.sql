-- internal: locks all that a payment may touch, waiting for nobody; answers whether it got all of it
-- Payments that share a transaction lock as they come, in no order: whoever holds locks and never waits is in no circle. What a
-- payment would have to make first, it would make in everybody's way: such a one is not for company, either. The balance of
-- who pays for a trade need not be there, as long as nothing is over.
-- p_payin is where it goes: null when nobody knows.
CREATE FUNCTION deposits_reserve(
    p_payin payins, p_provider text, p_event_id text, p_confirmed boolean, p_currency text, p_value numeric
) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    trade trades;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtextextended(p_provider || ' ' || p_event_id, 1)) THEN RETURN false; END IF;
    IF p_payin.id IS NULL THEN RETURN true; END IF;
    IF p_payin.trade_id IS NOT NULL THEN
        SELECT * INTO trade FROM trades WHERE id = p_payin.trade_id FOR NO KEY UPDATE SKIP LOCKED;
        IF trade.id IS NULL THEN RETURN false; END IF;
    END IF;
    PERFORM FROM payins WHERE id = p_payin.id FOR NO KEY UPDATE SKIP LOCKED;
    IF NOT FOUND THEN RETURN false; END IF;
    IF NOT p_confirmed THEN RETURN true; END IF;
    IF deposits_converts(p_payin, trade) THEN
        IF NOT pg_try_advisory_xact_lock(hashtextextended('exchange ' || trade.currency, 0)) THEN RETURN false; END IF;
        PERFORM FROM users WHERE id = p_payin.user_id FOR KEY SHARE SKIP LOCKED;  -- whom the conversion will name
        IF NOT FOUND THEN RETURN false; END IF;
        IF trades_missing(trade, '-infinity') = 0 THEN RETURN false; END IF;  -- of parts something may be over, and go back
    END IF;
    PERFORM FROM accounts
    WHERE owner = p_payin.user_id AND currency = p_currency AND kind = 'available' FOR NO KEY UPDATE SKIP LOCKED;
    IF NOT FOUND AND NOT deposits_leaves_nothing(p_payin, trade, p_currency, p_value) THEN RETURN false; END IF;
    RETURN EXISTS (SELECT FROM accounts WHERE owner = 0 AND currency = p_currency AND kind = 'clearing:' || p_provider);
END
$$;
