-- Keeps a provider's event, and credits a confirmed payment once; what fits nothing becomes unapplied.
-- The hash is made here, of who paid how much where: the provider's repetitions differ in everything else.
-- A wrong nonce is answered before the key is claimed: a signature over a body does not cover it, and whoever sends the
-- provider's words with another nonce must not take the place of the true event.
CREATE FUNCTION deposits_credit(
    p_request_key text, p_at timestamptz, p_provider text, p_event_id text, p_pending boolean, p_currency text, p_network text,
    p_address text, p_nonce text, p_value numeric, p_txid text, p_body bytea, p_headers text
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    hash    text := encode(sha256(convert_to(jsonb_build_array(
        p_provider, p_event_id, p_pending, p_currency, p_network, p_address, trim_scale(p_value)::text)::text, 'UTF8')), 'hex');
    outcome jsonb;
    ours    deposit_addresses;
    known   boolean;
    reason  text;
    event   provider_events;
    moved   bigint;
    person  bigint;
    result  text;
    news    jsonb := jsonb_build_object('currency', p_currency, 'network', p_network, 'amount', p_value::text, 'txid', p_txid);
BEGIN
    SELECT * INTO ours FROM deposit_addresses
    WHERE provider = p_provider AND address = p_address AND currency = p_currency AND network = p_network;
    known := ours.id IS NOT NULL OR EXISTS (
        SELECT FROM deposit_addresses WHERE provider = p_provider AND address = p_address);
    reason := deposits_why_not(ours, known, p_nonce, p_value, p_currency);
    IF reason = 'wrong_nonce' THEN
        RETURN '{"refused": "wrong_nonce", "details": {}, "changed": [], "told": 0}';
    END IF;
    outcome := requests_claim(p_request_key, hash, 'deposits/credit', p_at);
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    person := CASE WHEN reason IS NULL THEN ours.user_id END;

    IF NOT p_pending AND reason IS NULL THEN
        moved := ledger_transfer(p_request_key, 'deposit', NULL, p_txid, ARRAY[
            ('clearing:' || p_provider, NULL, p_currency, -p_value),
            ('available', person, p_currency, p_value)]::ledger_line[], p_at);
    END IF;
    INSERT INTO provider_events (
        provider, event_id, pending, currency, network, address, amount, txid, body, headers, at, user_id, transfer_id)
    VALUES (p_provider, p_event_id, p_pending, p_currency, p_network, p_address, p_value, p_txid, p_body, p_headers, p_at,
        person, moved)
    RETURNING * INTO event;

    IF p_pending THEN
        result := CASE WHEN reason IS NOT NULL OR EXISTS (
            SELECT FROM provider_events WHERE provider = p_provider AND event_id = p_event_id AND NOT pending
        ) THEN 'ignored' ELSE 'seen' END;
    ELSIF moved IS NOT NULL THEN
        result := 'credited';
    ELSE
        result := 'unapplied';
        INSERT INTO unapplied (event_id, reason, at) VALUES (event.id, reason, p_at);
    END IF;
    IF result IN ('credited', 'seen') THEN
        PERFORM outbox_notice(person, 'deposit_' || result, news, format('deposit_%s.%s', result, p_request_key), p_at);
    END IF;
    RETURN requests_finish(p_request_key, jsonb_build_object(
        'answer', jsonb_build_object('outcome', result, 'user_id', person, 'amount', p_value::text, 'reason', reason),
        'changed', CASE WHEN result <> 'credited' THEN '[]'::jsonb ELSE (
            SELECT jsonb_agg(jsonb_build_array(person, name))
            FROM unnest(ARRAY['Wallet', 'Menu', 'History', 'NewTrade', 'TradePage']) name) END,
        'told', (result IN ('credited', 'seen'))::int));
END
$$;
