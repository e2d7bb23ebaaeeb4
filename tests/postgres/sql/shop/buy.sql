-- Pays a price; refused when there are not enough coins. A pause (ms) makes it slow.
CREATE FUNCTION shop_buy(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_price numeric, p_pause int DEFAULT 0
)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'shop/buy', p_at);
    has numeric;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    SELECT coins INTO STRICT has FROM people WHERE id = p_user_id FOR NO KEY UPDATE;
    IF has < p_price THEN
        RETURN requests_refuse(p_request_key, 'insufficient', jsonb_build_object('missing', (p_price - has)::text));
    END IF;
    PERFORM pg_sleep(p_pause / 1000.0);
    UPDATE people SET coins = has - p_price WHERE id = p_user_id;
    INSERT INTO purchases (person, price, at) VALUES (p_user_id, p_price, p_at);
    RETURN requests_finish(p_request_key, jsonb_build_object(
        'answer', jsonb_build_object('left', (has - p_price)::text, 'at', p_at),
        'changed', jsonb_build_array(jsonb_build_array(p_user_id, 'Purse')), 'told', 1));
END
$$;
