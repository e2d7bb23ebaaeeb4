-- The place to pay in for a purpose: the open one, or a new row that a provider has yet to fill.
-- Locks the trade, or else the person: two at once get one. The price of a coin is locked for the window to pay; to promise one
-- is the beginning of an exchange: as many sources must agree, and our position has the same end. So has showing a place again whose
-- promise is over; what is sent there nevertheless is taken. A promise is made in the exchange's turn: what the same person is given or
-- promised at that moment counts.
CREATE FUNCTION deposits_request(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_trade_id bigint, p_currency text,
    p_network text, p_amount numeric
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'deposits/request', p_at);
    trade   trades;
    rules   terms;
    coin    currencies;
    reason  text;
    refusal jsonb;
    rate    numeric;
    parts   holds[];
    wanted  numeric := p_amount;
    payin   payins;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    SELECT * INTO rules FROM terms;
    SELECT * INTO coin FROM currencies WHERE code = p_currency;
    IF coin.code IS NULL THEN
        RETURN requests_refuse(p_request_key, 'unknown_currency', jsonb_build_object('currency', p_currency));
    END IF;
    IF p_trade_id IS NULL THEN
        SELECT users_barred(u) INTO reason FROM users u WHERE id = p_user_id FOR NO KEY UPDATE;
        IF reason IS NOT NULL THEN RETURN requests_refuse(p_request_key, reason, '{}'); END IF;
        IF p_network = 'BANK' AND (p_amount IS NULL OR NOT p_amount BETWEEN rules.smallest_bank_deposit
            AND rules.largest_bank_deposit OR p_amount <> trunc(p_amount, coin.scale)) THEN
            RETURN requests_refuse(p_request_key, 'bad_amount', jsonb_build_object(
                'least', rules.smallest_bank_deposit::text, 'most', rules.largest_bank_deposit::text));
        END IF;
    ELSE
        SELECT * INTO trade FROM trades WHERE id = p_trade_id FOR NO KEY UPDATE;
        reason := trades_why_not(trade, p_user_id, 'pay', p_at);
        IF reason IS NOT NULL THEN RETURN trades_refuse(p_request_key, trade, reason); END IF;
        IF trades_missing(trade, p_at) = 0 THEN
            RETURN requests_refuse(p_request_key, 'terms_changed', '{"total": "0"}');
        END IF;
    END IF;
    payin := deposits_open(trade, p_user_id, coin, p_network, p_amount, p_at);
    IF payin.id IS NULL THEN
        rate := CASE WHEN coin.code <> trade.currency THEN rates_price(coin.code, trade.currency, p_at) END;
        IF rate IS NULL AND coin.code <> trade.currency THEN
            RETURN requests_refuse(p_request_key, 'no_rate', jsonb_build_object('currency', p_currency));
        END IF;
    END IF;
    IF rate IS NOT NULL OR deposits_price_until(payin, p_at) <= p_at THEN
        PERFORM pg_advisory_xact_lock(hashtextextended('exchange ' || trade.currency, 0));
        parts := trades_counted(trade, p_at, p_at);
        refusal := trades_full(trade, trades_rest(trade, parts), parts, p_at);
        IF refusal IS NOT NULL THEN
            RETURN requests_refuse(p_request_key, refusal ->> 'reason', refusal -> 'details');
        END IF;
    END IF;
    IF payin.id IS NULL THEN
        wanted := CASE WHEN trade.id IS NULL THEN p_amount ELSE deposits_missing(trade, coin, rate, p_at) END;
        INSERT INTO payins (user_id, trade_id, currency, network, amount, price, price_until, usd, created_at, valid_until, ask_at)
        VALUES (p_user_id, trade.id, coin.code, p_network, wanted, rate, CASE WHEN rate IS NOT NULL THEN p_at + rules.payment_window END,
            round(wanted * rates_usd(coin.code, p_at), 2), p_at,
            CASE WHEN trade.id IS NOT NULL THEN trades_due(trade, p_at) WHEN p_network = 'BANK' THEN p_at + rules.payment_window END,
            p_at + interval '5 minutes')
        RETURNING * INTO payin;
    END IF;
    RETURN requests_finish(p_request_key, jsonb_build_object(
        'answer', deposits_answer(payin, p_at), 'changed', '[]'::jsonb, 'told', 0));
END
$$;
