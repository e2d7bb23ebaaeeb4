-- Makes a trade that awaits payment. The buyer's row is locked, so that two at once cannot both be the last that a limit
-- allows.
CREATE FUNCTION trades_create(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_currency text, p_amount numeric,
    p_description text, p_delivery_hours int, p_fee_payer text, p_seller_kind text, p_seller text, p_fee numeric, p_total numeric
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'trades/create', p_at);
    handle  text := CASE p_seller_kind WHEN 'link' THEN '' WHEN 'username' THEN lower(ltrim(btrim(p_seller), '@'))
                         ELSE lower(btrim(p_seller)) END;
    buyer   users;
    rules   terms;
    digits  int;
    cost    record;
    over    record;
    worth   numeric;
    seller  bigint;
    trade   trades;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    SELECT * INTO buyer FROM users WHERE id = p_user_id FOR NO KEY UPDATE;
    SELECT * INTO rules FROM terms;
    SELECT scale INTO digits FROM currencies WHERE code = p_currency;
    IF buyer.onboarded_at IS NULL THEN
        RETURN requests_refuse(p_request_key, 'not_onboarded', '{}');
    END IF;
    IF users_barred(buyer) IS NOT NULL THEN
        RETURN requests_refuse(p_request_key, users_barred(buyer), '{}');
    END IF;
    IF digits IS NULL THEN
        RETURN requests_refuse(p_request_key, 'unknown_currency', jsonb_build_object('currency', p_currency));
    END IF;
    IF p_amount IN ('NaN', 'Infinity', '-Infinity') OR p_amount <> trunc(p_amount, digits) THEN
        RETURN requests_refuse(p_request_key, 'inexact_amount', jsonb_build_object('decimals', digits::text));
    END IF;
    IF p_description !~ '\S' OR length(p_description) > 1000 THEN
        RETURN requests_refuse(p_request_key, 'bad_description', jsonb_build_object('longest', '1000'));
    END IF;
    IF p_delivery_hours NOT BETWEEN rules.shortest_delivery_hours AND rules.longest_delivery_hours THEN
        RETURN requests_refuse(p_request_key, 'bad_delivery', jsonb_build_object(
            'shortest', rules.shortest_delivery_hours::text, 'longest', rules.longest_delivery_hours::text));
    END IF;

    worth := round(p_amount * rates_worth(p_currency, p_at), 2);
    IF worth IS NULL THEN
        RETURN requests_refuse(p_request_key, 'no_rate', jsonb_build_object('currency', p_currency));
    END IF;
    IF worth < rules.smallest_trade_usd THEN
        RETURN requests_refuse(p_request_key, 'below_minimum',
            jsonb_build_object('limit', rules.smallest_trade_usd::text, 'worth', worth::text));
    END IF;
    IF worth > rules.largest_trade_usd THEN
        RETURN requests_refuse(p_request_key, 'above_maximum',
            jsonb_build_object('limit', rules.largest_trade_usd::text, 'worth', worth::text));
    END IF;
    SELECT * INTO over FROM trades_limit(p_user_id, p_at);
    IF over.reason IS NOT NULL THEN
        RETURN requests_refuse(p_request_key, over.reason, jsonb_strip_nulls(jsonb_build_object(
            'limit', over.most::text, 'until', over.until)));
    END IF;

    IF handle !~ (CASE p_seller_kind WHEN 'username' THEN '^[a-z0-9_]{3,32}$' WHEN 'email' THEN '^[^@\s]+@[^@\s]+$'
                      WHEN 'phone' THEN '^\+[1-9][0-9]{6,14}$' ELSE '^$' END) THEN
        RETURN requests_refuse(p_request_key, 'bad_seller', jsonb_build_object('kind', p_seller_kind));
    END IF;
    SELECT id INTO seller FROM users
    WHERE p_seller_kind = 'username' AND lower(username) = handle
       OR p_seller_kind = 'email' AND lower(email) = handle AND email_verified_at IS NOT NULL
       OR p_seller_kind = 'phone' AND phone = handle;
    IF seller IS NULL THEN
        SELECT user_id INTO seller FROM extra_contacts
        WHERE kind = p_seller_kind AND lower(value) = handle AND verified_at IS NOT NULL;
    END IF;
    IF seller = p_user_id THEN
        RETURN requests_refuse(p_request_key, 'own_trade', '{}');
    END IF;
    -- Whoever is blocked could not accept: nobody's money is to wait for them.
    IF EXISTS (SELECT FROM users WHERE id = seller AND blocked_at IS NOT NULL) THEN
        RETURN requests_refuse(p_request_key, 'seller_blocked', '{}');
    END IF;
    -- Whoever has not accepted the terms, or has closed their account, is found again, by the handle, when they have or are back.
    -- The lock holds up nobody but who closes: two who make trades with each other at once never wait for each other.
    SELECT id INTO seller FROM users WHERE id = seller AND onboarded_at IS NOT NULL AND closed_at IS NULL FOR KEY SHARE;

    SELECT fee, buyer_fee, seller_fee INTO cost FROM trades_level(p_user_id) standing,
        trades_fees(p_amount, digits, standing.fee_percent, p_fee_payer);
    IF p_amount <= cost.seller_fee THEN
        RETURN requests_refuse(p_request_key, 'nothing_left', '{}');
    END IF;
    IF cost.fee <> p_fee OR p_amount + cost.buyer_fee <> p_total THEN
        RETURN requests_refuse(p_request_key, 'terms_changed',
            jsonb_build_object('fee', cost.fee::text, 'total', (p_amount + cost.buyer_fee)::text));
    END IF;

    INSERT INTO trades (
        slug, buyer_id, seller_id, seller_kind, seller_handle, currency, amount, fee_payer, fee, buyer_fee, seller_fee,
        description, delivery_hours, usd_worth, created_at, pay_by)
    VALUES (
        trades_slug(), p_user_id, seller, p_seller_kind, CASE p_seller_kind WHEN 'username' THEN '@' || ltrim(btrim(p_seller), '@')
        ELSE btrim(p_seller) END, p_currency, p_amount, p_fee_payer, cost.fee, cost.buyer_fee, cost.seller_fee,
        btrim(p_description, E' \t\r\n'), p_delivery_hours, worth, p_at, p_at + rules.payment_window)
    RETURNING * INTO trade;
    INSERT INTO invitations (trade_id, token, kind, handle, user_id, created_at, joined_at)
    VALUES (trade.id, substr(replace(gen_random_uuid()::text, '-', ''), 1, 24), p_seller_kind, handle,
        seller, p_at, CASE WHEN seller IS NOT NULL THEN p_at END);
    RETURN trades_finish(p_request_key, trade, p_user_id, trades_tell(trade, 'seller', 'trade_invited', p_at));
END
$$;
