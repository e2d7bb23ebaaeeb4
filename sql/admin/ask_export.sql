-- Somebody of the staff orders a table: trades, cashouts or a person's movements (finance), or what the staff did (owners). Which rows are
-- in it is fixed now; the newest, when there are more than fit a file. It is written down who took what along.
CREATE FUNCTION admin_ask_export(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_what text, p_person bigint, p_period text,
    p_from_at timestamptz, p_until_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'admin/ask_export', p_at);
    most    CONSTANT int := 100000;
    since   timestamptz := coalesce(p_from_at, '-infinity');
    until   timestamptz := coalesce(p_until_at, 'infinity');
    low     bigint;
    high    bigint;
    about   jsonb;
    made    bigint;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    IF NOT admin_may(p_user_id, CASE p_what WHEN 'actions' THEN 'owner' ELSE 'finance' END) THEN
        RETURN requests_refuse(p_request_key, 'not_staff');
    END IF;
    PERFORM FROM users WHERE id = p_user_id FOR NO KEY UPDATE;
    IF (SELECT count(*) FROM file_orders WHERE user_id = p_user_id AND ended_at IS NULL) >= 3 THEN
        RETURN requests_refuse(p_request_key, 'too_many');
    END IF;
    -- id + 0: so that a time is found by its index, not by walking all numbers until one is in it.
    CASE p_what
        WHEN 'trades' THEN
            SELECT min(id + 0), max(id + 0) INTO low, high FROM trades WHERE created_at >= since AND created_at < until;
        WHEN 'cashouts' THEN
            SELECT min(id + 0), max(id + 0) INTO low, high FROM cashouts WHERE created_at >= since AND created_at < until;
        WHEN 'actions' THEN
            SELECT min(id + 0), max(id + 0) INTO low, high FROM admin_actions WHERE at >= since AND at < until;
        WHEN 'movements' THEN
            IF NOT EXISTS (SELECT FROM users WHERE id = p_person) THEN RETURN requests_refuse(p_request_key, 'unknown_person'); END IF;
            about := history_spans(p_person, 'all', p_from_at, p_until_at, most);
            SELECT min((span ->> 'until')::bigint), max((span ->> 'until')::bigint) INTO low, high
            FROM jsonb_array_elements(about -> 'spans') span WHERE (span ->> 'last')::bigint >= (span ->> 'first')::bigint;
        ELSE
            NULL;
    END CASE;
    IF high IS NULL THEN RETURN requests_refuse(p_request_key, 'nothing'); END IF;
    about := coalesce(about, jsonb_build_object('cut', low <= high - most)) || jsonb_build_object(
        'what', p_what, 'period', p_period, 'first', greatest(low, high - most + 1), 'last', high, 'since', p_from_at, 'before', p_until_at,
        'person', CASE p_what WHEN 'movements' THEN users_name(p_person) END);
    INSERT INTO file_orders (user_id, kind, format, about, asked_at, due_at) VALUES (p_user_id, 'export', 'csv', about, p_at, p_at)
    RETURNING id INTO made;
    PERFORM admin_record(p_user_id, 'export', CASE p_what WHEN 'movements' THEN 'user ' || p_person ELSE p_what END, '', NULL,
        jsonb_build_object('what', p_what, 'period', p_period), p_at);
    RETURN requests_finish(p_request_key, jsonb_build_object('answer', made, 'told', 0,
        'changed', admin_altered() || jsonb_build_array(jsonb_build_array(p_user_id, 'FileOrders'))));
END
$$;
