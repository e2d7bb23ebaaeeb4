-- Promises what an amount of one currency is in another, until the lock ends. The price is the market's, on which enough sources
-- must agree, less the spread. Nobody gets more than it says: half a unit is none, or who exchanges little, and often, makes whole
-- ones of nothing; only what a division left short by a millionth of a unit is whole. Who runs LockBay is told once a day when no
-- more of a currency may be given.
CREATE FUNCTION exchange_quote(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_from_currency text, p_to_currency text, p_amount numeric
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'exchange/quote', p_at);
    rules   terms;
    refusal jsonb;
    price   numeric;
    digits  int;
    gained  numeric;
    quote   quotes;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    SELECT * INTO rules FROM terms;
    price := CASE WHEN p_from_currency <> p_to_currency THEN rates_price(p_from_currency, p_to_currency, p_at) END;
    SELECT least(scale, 8) INTO digits FROM currencies WHERE code = p_to_currency;
    gained := trunc(round(p_amount * price, digits + 6), digits);
    refusal := exchange_why_not(p_user_id, rules, p_from_currency, p_to_currency, p_amount, gained, p_at);
    IF refusal ->> 'reason' = 'position' THEN
        PERFORM exchange_tell(rules, p_to_currency, gained, p_at);
    END IF;
    IF refusal IS NOT NULL THEN
        RETURN requests_refuse(p_request_key, refusal ->> 'reason', refusal -> 'details');
    END IF;
    INSERT INTO quotes (user_id, from_currency, from_amount, to_currency, to_amount, price, at, valid_until)
    VALUES (p_user_id, p_from_currency, p_amount, p_to_currency, gained, price, p_at, p_at + rules.quote_lock) RETURNING * INTO quote;
    RETURN requests_finish(p_request_key, jsonb_build_object(
        'answer', jsonb_build_object(
            'id', quote.id, 'from_currency', quote.from_currency, 'from_amount', quote.from_amount::text,
            'to_currency', quote.to_currency, 'to_amount', quote.to_amount::text, 'price', quote.price::text,
            'market', round(rates_market(p_from_currency, p_to_currency, p_at), 24)::text,
            'spread_percent', rules.spread_percent::text, 'valid_until', quote.valid_until),
        'changed', '[]'::jsonb, 'told', 0));
END
$$;
