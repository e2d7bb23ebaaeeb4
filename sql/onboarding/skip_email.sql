-- Remembers that a person goes on without e-mail.
CREATE FUNCTION onboarding_skip_email(p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'onboarding/skip_email', p_at);
    skipped timestamptz;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    UPDATE users SET email_skipped_at = coalesce(email_skipped_at, p_at) WHERE id = p_user_id
    RETURNING email_skipped_at INTO skipped;
    RETURN requests_finish(p_request_key, jsonb_build_object(
        'answer', jsonb_build_object('skipped_at', skipped),
        'changed', jsonb_build_array(jsonb_build_array(p_user_id, 'Onboarding')), 'told', 0));
END
$$;
