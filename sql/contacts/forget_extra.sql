-- Forgets a further address or number. What was joined by it stays joined.
CREATE FUNCTION contacts_forget_extra(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_extra_id bigint
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'contacts/forget_extra', p_at);
    gone    extra_contacts;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    DELETE FROM extra_contacts WHERE id = p_extra_id AND user_id = p_user_id RETURNING * INTO gone;
    IF gone.id IS NULL THEN RETURN requests_refuse(p_request_key, 'unknown_extra', '{}'); END IF;
    RETURN contacts_extra_finish(p_request_key, gone);
END
$$;
