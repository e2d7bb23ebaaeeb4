-- Keeps what a provider made for a place to pay in; what was kept before stays, and is answered.
-- Some providers give an address to somebody else later (p_lasts is false): nobody is shown it for more than a day. One of a trade
-- that can be paid is nobody else's, however much more time the trade has got since it was shown.
-- An advisory lock on the address: of two people one gets it.
CREATE FUNCTION deposits_fill(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_payin_id bigint, p_provider text,
    p_address text, p_link text, p_external_id text, p_minimum numeric, p_lasts boolean
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'deposits/fill', p_at);
    payin   payins;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    SELECT * INTO payin FROM payins WHERE id = p_payin_id AND user_id = p_user_id FOR NO KEY UPDATE;
    IF payin.id IS NULL THEN
        RETURN requests_refuse(p_request_key, 'unknown_payin', '{}');
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended(p_provider || ' ' || p_address, 0));
    IF EXISTS (
        SELECT FROM payins p LEFT JOIN trades t ON t.id = p.trade_id
        WHERE provider = p_provider AND address = p_address AND p.id <> payin.id
            AND (coalesce(valid_until > p_at, true) OR trades_takes(t))
            AND (user_id <> p_user_id OR trade_id IS DISTINCT FROM payin.trade_id)) THEN
        RETURN requests_refuse(p_request_key, 'taken', '{}');
    END IF;
    IF payin.provider IS NULL THEN
        UPDATE payins SET provider = p_provider, address = p_address, link = p_link, external_id = p_external_id,
            minimum = p_minimum,
            valid_until = coalesce(valid_until, CASE WHEN NOT p_lasts THEN p_at + interval '24 hours' END)
        WHERE id = payin.id RETURNING * INTO payin;
    END IF;
    RETURN requests_finish(p_request_key, jsonb_build_object(
        'answer', deposits_answer(payin, p_at),
        'changed', jsonb_build_array(jsonb_build_array(p_user_id, 'DepositInfo'), jsonb_build_array(p_user_id, 'TradePayment')),
        'told', 0));
END
$$;
