-- internal: why a payment fits no legal move; null when it does
-- An event that calls a payment what the whole place to pay in is called, beside one that does not: that is one payment by
-- two names, or two payments. People decide. The capitals of a hexadecimal address are a check sum: it is the same without them.
CREATE FUNCTION deposits_why_not(
    p_payin payins, p_trade trades, p_provider text, p_event_id text, p_address text, p_currency text, p_network text,
    p_value numeric
) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN p_payin.id IS NULL THEN 'unknown_reference'
        WHEN (p_payin.currency, p_payin.network) <> (p_currency, p_network) THEN 'wrong_coin'
        WHEN p_payin.provider = p_provider AND p_payin.address <> p_address
            AND (p_address NOT LIKE '0x%' OR lower(p_payin.address) <> lower(p_address)) THEN 'wrong_address'
        WHEN EXISTS (
            SELECT FROM provider_events WHERE provider = p_provider AND event_id = p_event_id
                AND (payin_id, currency) IS DISTINCT FROM (p_payin.id, p_currency)) THEN 'told_differently'
        WHEN p_payin.external_id <> '' AND p_payin.provider = p_provider AND EXISTS (
            SELECT FROM provider_events WHERE payin_id = p_payin.id AND provider = p_provider AND NOT pending
                AND (event_id = p_payin.external_id) <> (p_event_id = p_payin.external_id)) THEN 'told_differently'
        WHEN NOT (p_value > 0 AND p_value < 1e15) THEN 'bad_amount'
        WHEN p_value <> trunc(p_value, (SELECT scale FROM currencies WHERE code = p_currency)) THEN 'bad_amount'
        WHEN p_value < p_payin.minimum THEN 'below_minimum'
        WHEN p_trade.state NOT IN ('awaiting_payment', 'underpaid', 'paid', 'accepted', 'delivered', 'disputed')
            THEN 'trade_' || p_trade.state
    END
$$;
