-- Somebody of finance wants the books proven: one run at a time. A run that nobody ended within 15 minutes died with its process.
CREATE FUNCTION console_begin_audit(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'console/begin_audit', p_at);
    made    bigint;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    IF NOT admin_may(p_user_id, 'finance') THEN RETURN requests_refuse(p_request_key, 'not_staff'); END IF;
    UPDATE audit_runs SET ended_at = p_at, problem = 'stopped' WHERE ended_at IS NULL AND began_at < p_at - interval '15 minutes';
    INSERT INTO audit_runs (began_by, began_at) VALUES (p_user_id, p_at)
    ON CONFLICT ((true)) WHERE ended_at IS NULL DO NOTHING RETURNING id INTO made;
    IF made IS NULL THEN RETURN requests_refuse(p_request_key, 'already_running'); END IF;
    PERFORM admin_record(p_user_id, 'audit_begun', 'audit ' || made, '', NULL, NULL, p_at);
    RETURN requests_finish(p_request_key, jsonb_build_object('answer', made, 'changed', '[]'::jsonb, 'told', 0));
END
$$;
