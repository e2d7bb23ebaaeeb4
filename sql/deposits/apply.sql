-- Keeps a provider's event, and applies what is new in it once: to the wallet, or to the trade that it pays.
-- What fits no legal move becomes unapplied. Locks the payment, then the key, the trade, the place to pay in, then accounts. The place is
-- read again: what came there meanwhile by another name, and how long its price is promised, are known only then.
-- p_doubted: its provider should have confirmed it by now, and perhaps never will: people decide about what is new in it.
-- Not p_patient: answers null, and nothing is done, when it would have to wait for somebody's lock.
-- A wrong nonce is answered before the key is claimed: a signature over a body does not cover it, and whoever sends the
-- provider's words with another nonce must not take the place of the true event. So is a nonce for no place of ours: nothing proves
-- that the money came to us, so there is nothing that the staff could credit.
CREATE FUNCTION deposits_apply(
    p_request_key text, p_at timestamptz, p_provider text, p_event_id text, p_confirmed boolean, p_reference text, p_nonce text,
    p_address text, p_currency text, p_network text, p_value numeric, p_txid text, p_body bytea, p_headers text,
    p_doubted boolean DEFAULT false, p_patient boolean DEFAULT true
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb;
    payin   payins := deposits_find(p_provider, p_event_id, p_reference, p_address, p_currency, p_network);
    trade   trades;
    fresh   numeric;
    reason  text;
    moved   bigint;
    credit  numeric := 0;
    event   bigint;
    result  text;
    waits   bigint;
    since   timestamptz;
BEGIN
    IF p_nonce IS NOT NULL AND p_nonce IS DISTINCT FROM payin.nonce THEN
        RETURN '{"refused": "wrong_nonce", "details": {}, "changed": [], "told": 0}';
    END IF;
    IF p_patient THEN
        PERFORM pg_advisory_xact_lock(hashtextextended(p_provider || ' ' || p_event_id, 1));
    ELSIF NOT deposits_reserve(payin, p_provider, p_event_id, p_confirmed, p_currency, p_value) THEN
        RETURN NULL;
    END IF;
    outcome := requests_claim(p_request_key, p_request_key, 'deposits/apply', p_at);
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    SELECT * INTO trade FROM trades WHERE id = payin.trade_id FOR NO KEY UPDATE;
    SELECT * INTO payin FROM payins WHERE id = payin.id FOR NO KEY UPDATE;
    fresh := p_value - deposits_told(p_provider, p_event_id, p_currency);
    reason := coalesce(deposits_why_not(payin, trade, p_provider, p_event_id, p_address, p_currency, p_network, p_value),
        CASE WHEN fresh <> trunc(fresh, (SELECT scale FROM currencies WHERE code = p_currency)) THEN 'bad_amount'
            WHEN p_doubted THEN 'unverified' END);
    result := CASE
        WHEN fresh <= 0 THEN 'ignored' WHEN NOT p_confirmed AND reason IS NOT NULL THEN 'ignored' WHEN NOT p_confirmed THEN 'seen'
        WHEN reason IS NOT NULL THEN 'unapplied' WHEN trades_takes(trade) THEN 'part'
        ELSE 'credited' END;

    IF result = 'part' THEN
        since := deposits_seen(payin, p_provider, p_event_id, p_currency, p_value, p_at);
        SELECT * INTO moved, credit FROM trades_take(p_request_key, trade, p_provider, p_currency, fresh,
            deposits_price(payin, since, p_at), payin.price_until, since, p_at);
    ELSIF result = 'credited' THEN
        credit := fresh;
        moved := ledger_transfer(p_request_key, 'deposit', trade.id, p_txid, ARRAY[
            ('clearing:' || p_provider, NULL, p_currency, -fresh),
            ('available', payin.user_id, p_currency, fresh)]::ledger_line[], p_at);
    ELSIF result = 'seen' THEN
        PERFORM trades_wait(trade, p_at);
        SELECT * INTO trade FROM trades WHERE id = payin.trade_id;
    END IF;
    INSERT INTO provider_events (
        provider, event_id, pending, currency, network, address, amount, txid, body, headers, at, user_id, transfer_id,
        payin_id, trade_id, moved, credited)
    VALUES (p_provider, p_event_id, NOT p_confirmed, p_currency, p_network, p_address, p_value, p_txid, p_body, p_headers, p_at,
        payin.user_id, moved, payin.id, CASE WHEN moved IS NOT NULL THEN trade.id END,
        CASE WHEN moved IS NULL THEN 0 ELSE fresh END, credit)
    RETURNING id INTO event;
    IF result = 'unapplied' THEN
        INSERT INTO unapplied (event_id, reason, at, amount) VALUES (event, reason, p_at, fresh) RETURNING id INTO waits;
    END IF;
    IF result = 'part' THEN
        result := CASE WHEN trade.paid_at IS NULL THEN 'part' ELSE 'credited' END;
        SELECT * INTO trade FROM trades WHERE id = payin.trade_id;
        IF trade.paid_at IS NOT NULL AND result = 'part' THEN
            result := 'paid';
            PERFORM trades_tell(trade, 'seller', 'trade_paid', p_at);
        END IF;
    END IF;
    RETURN requests_finish(p_request_key, jsonb_build_object(
        'answer', jsonb_build_object(
            'outcome', result, 'user_id', payin.user_id, 'trade_id', trade.id, 'amount', greatest(fresh, 0)::text,
            'credited', credit::text, 'reason', reason),
        'changed', CASE WHEN result = 'ignored' THEN '[]' WHEN trade.id IS NOT NULL THEN trades_changed(trade)
            ELSE deposits_changed(payin.user_id) END || CASE WHEN waits IS NOT NULL THEN admin_changed() ELSE '[]' END,
        'told', deposits_tell(p_request_key, result, payin, trade, waits, jsonb_build_object(
            'provider', p_provider, 'currency', p_currency, 'network', p_network, 'amount', fresh::text,
            'credited', credit::text, 'txid', p_txid, 'reason', reason), p_at)));
END
$$;
