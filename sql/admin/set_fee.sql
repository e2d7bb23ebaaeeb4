-- An owner changes what a network costs and the least that is sent over it. p_expected and p_expected_least are those
-- that were shown: both are written.
CREATE FUNCTION admin_set_fee(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_currency text, p_network text,
    p_expected numeric, p_expected_least numeric, p_fee numeric, p_least numeric, p_why text
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'admin/set_fee', p_at);
    held    payout_fees;
    reason  text;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    IF NOT admin_may(p_user_id, 'owner') THEN RETURN requests_refuse(p_request_key, 'not_staff'); END IF;
    SELECT * INTO held FROM payout_fees WHERE currency = p_currency AND network = p_network FOR UPDATE;
    reason := CASE
        WHEN held.currency IS NULL THEN 'unknown_term'
        WHEN p_why !~ '\S' OR length(p_why) > 500 THEN 'bad_note'
        WHEN (held.fee, held.least) <> (p_expected, p_expected_least) THEN 'terms_changed'
        WHEN p_fee < 0 OR p_least >= 1e15 OR (SELECT trunc(p_fee, scale) <> p_fee OR trunc(p_least, scale) <> p_least
            FROM currencies WHERE code = p_currency) THEN 'bad_value'
        WHEN p_least <= p_fee THEN 'crossed' END;
    IF reason IS NOT NULL THEN RETURN requests_refuse(p_request_key, reason); END IF;
    UPDATE payout_fees SET fee = p_fee, least = p_least WHERE currency = p_currency AND network = p_network;
    PERFORM admin_record(p_user_id, 'set_fee', format('fee %s %s', p_currency, p_network), p_why,
        jsonb_build_object('fee', held.fee::text, 'least', held.least::text),
        jsonb_build_object('fee', p_fee::text, 'least', p_least::text), p_at);
    RETURN requests_finish(p_request_key, jsonb_build_object('answer', p_fee::text, 'changed', admin_altered(), 'told', 0));
END
$$;
