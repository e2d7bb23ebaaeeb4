-- Exchanges what was promised; with an address, what comes of it is cashed out in the same statement: both, or neither.
-- What was promised is kept, whatever the sources of prices say meanwhile. Locks the person, then the quote, then the currency that
-- we give, so that our position in it stays within its limit, then both balances: a code is not used up by what is refused after it.
CREATE FUNCTION exchange_confirm(
    p_request_key text, p_request_hash text, p_at timestamptz, p_secret bytea, p_user_id bigint, p_quote_id bigint,
    p_network text, p_net numeric, p_address text, p_bank_code text, p_bank_name text, p_account_name text, p_label text,
    p_code text
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'exchange/confirm', p_at);
    quote   quotes;
    lines   ledger_line[];
    ask     cashout_ask;
    refusal jsonb;
    moved   bigint;
    sent    cashouts;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    PERFORM FROM users WHERE id = p_user_id FOR NO KEY UPDATE;
    SELECT * INTO quote FROM quotes WHERE id = p_quote_id AND user_id = p_user_id AND trade_id IS NULL FOR NO KEY UPDATE;
    IF quote.id IS NULL OR p_at >= quote.valid_until OR quote.used_by IS NOT NULL THEN
        RETURN requests_refuse(p_request_key, 'quote_expired', '{}');
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('exchange ' || quote.to_currency, 0));
    lines := ARRAY[
        ('available', p_user_id, quote.from_currency, -quote.from_amount),
        ('exchange', NULL, quote.from_currency, quote.from_amount),
        ('exchange', NULL, quote.to_currency, -quote.to_amount),
        ('available', p_user_id, quote.to_currency, quote.to_amount)];
    PERFORM ledger_lock(lines);
    refusal := coalesce(exchange_short(p_user_id, quote.from_currency, quote.from_amount),
        (SELECT exchange_barred(p_user_id, t, quote.to_currency, quote.to_amount, p_at) FROM terms t));
    IF refusal IS NULL AND p_address <> '' THEN
        ask := (p_request_key, p_request_hash, p_user_id, p_label, quote.to_currency, p_network, p_address, p_bank_code, p_bank_name,
            p_account_name, quote.to_amount, p_net, p_code, quote.to_amount, NULL, NULL);
        ask := (cashout_judge(p_secret, ARRAY[ask], p_at))[1];
        refusal := ask.refusal;
    END IF;
    IF refusal IS NOT NULL THEN
        RETURN requests_refuse(p_request_key, refusal ->> 'reason', refusal -> 'details');
    END IF;
    moved := ledger_transfer(p_request_key, 'exchange', NULL, '', lines, p_at);
    IF moved IS NULL THEN
        RAISE EXCEPTION 'the balances were not locked' USING ERRCODE = 'LB002';
    END IF;
    UPDATE quotes SET used_by = moved WHERE id = quote.id;
    INSERT INTO conversions (
        transfer_id, user_id, quote_id, from_wallet, to_wallet, from_currency, from_amount, to_currency, to_amount, price, at)
    VALUES (moved, p_user_id, quote.id, true, true, quote.from_currency, quote.from_amount, quote.to_currency, quote.to_amount,
        quote.price, p_at);
    IF p_address <> '' THEN
        sent := (cashout_make(ARRAY[ask], p_at))[1];
    END IF;
    RETURN requests_finish(p_request_key, jsonb_build_object(
        'answer', jsonb_build_object(
            'from_currency', quote.from_currency, 'from_amount', quote.from_amount::text, 'to_currency', quote.to_currency,
            'to_amount', quote.to_amount::text, 'price', quote.price::text,
            'cashout', CASE WHEN sent.id IS NOT NULL THEN cashout_answer(sent) END),
        'changed', CASE WHEN sent.id IS NULL THEN '[]' ELSE cashout_changed(sent, p_at) END
            || users_changed(p_user_id, ARRAY[
                'CashoutStart', 'ExchangeStart', 'ExchangeHistory', 'Wallet', 'Menu', 'History', 'NewTrade', 'TradePage',
                'TradePayment']),
        'told', coalesce((sent.state <> 'requested' AND EXISTS (SELECT FROM staff))::int, 0)));
END
$$;
