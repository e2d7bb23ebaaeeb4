-- Orders a statement: what is in it is fixed now, to the posting. Locks the person, so that nobody has more than three under way.
CREATE FUNCTION history_ask_statement(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_period text, p_from_at timestamptz,
    p_until_at timestamptz, p_currency text, p_format text
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'history/ask_statement', p_at);
    spans   jsonb;
    made    bigint;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    PERFORM FROM users WHERE id = p_user_id FOR NO KEY UPDATE;
    IF (SELECT count(*) FROM file_orders WHERE user_id = p_user_id AND ended_at IS NULL) >= 3 THEN
        RETURN requests_refuse(p_request_key, 'too_many');
    END IF;
    spans := history_spans(p_user_id, p_currency, p_from_at, p_until_at, 50000);
    IF spans IS NULL THEN RETURN requests_refuse(p_request_key, 'nothing'); END IF;
    INSERT INTO file_orders (user_id, kind, format, about, asked_at, due_at)
    VALUES (p_user_id, 'statement', p_format, spans || jsonb_build_object('period', p_period, 'currency', p_currency), p_at, p_at)
    RETURNING id INTO made;
    RETURN requests_finish(p_request_key, jsonb_build_object(
        'answer', made, 'changed', jsonb_build_array(jsonb_build_array(p_user_id, 'FileOrders')), 'told', 0));
END
$$;
