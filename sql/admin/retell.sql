-- A notice that nobody got is told again.
CREATE FUNCTION admin_retell(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_notice_id bigint
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'admin/retell', p_at);
    held    outbox;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    IF NOT admin_may(p_user_id, 'support') THEN RETURN requests_refuse(p_request_key, 'not_staff'); END IF;
    SELECT * INTO held FROM outbox WHERE id = p_notice_id FOR UPDATE;
    IF held.sent_by IS DISTINCT FROM 'nobody' THEN RETURN requests_refuse(p_request_key, 'wrong_state'); END IF;
    UPDATE outbox SET sent_at = NULL, sent_by = NULL, attempts = 0, due_at = p_at, planned_at = p_at, error = NULL WHERE id = p_notice_id;
    PERFORM admin_record(p_user_id, 'retry_notice', coalesce('user ' || held.user_id, 'notice ' || held.id), '',
        jsonb_build_object('notice', held.id, 'kind', held.kind, 'error', held.error), NULL, p_at);
    RETURN requests_finish(p_request_key, jsonb_build_object('answer', p_notice_id, 'changed', admin_altered(), 'told', 1));
END
$$;
