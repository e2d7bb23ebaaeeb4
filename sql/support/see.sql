-- Somebody looks at their ticket: its answers are read.
CREATE FUNCTION support_see(p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'support/see', p_at);
    news    int;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    WITH seen AS (SELECT id, unread FROM tickets WHERE user_id = p_user_id AND unread > 0 FOR NO KEY UPDATE),
    marked AS (UPDATE tickets SET unread = 0 WHERE id IN (SELECT id FROM seen))
    SELECT coalesce(sum(unread), 0) INTO news FROM seen;
    RETURN requests_finish(p_request_key, jsonb_build_object(
        'answer', jsonb_build_object('unread', news),
        'changed', CASE WHEN news > 0 THEN jsonb_build_array(jsonb_build_array(p_user_id, 'Menu')) ELSE '[]' END, 'told', 0));
END
$$;
