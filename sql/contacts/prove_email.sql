-- Proves a further e-mail address by the code that was mailed last, if it was mailed to that address. A wrong try is counted,
-- although it is refused. Locks the person's row, so that the limit holds for two at once, then the address.
CREATE FUNCTION contacts_prove_email(
    p_request_key text, p_request_hash text, p_at timestamptz, p_secret bytea, p_user_id bigint, p_email text, p_code text
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'contacts/prove_email', p_at);
    refusal jsonb;
    reason  text;
    proven  extra_contacts;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    PERFORM FROM users WHERE id = p_user_id FOR NO KEY UPDATE;
    IF p_email IS DISTINCT FROM (SELECT email FROM verifications
        WHERE user_id = p_user_id AND purpose = 'contact' ORDER BY id DESC LIMIT 1) THEN
        RETURN requests_refuse(p_request_key, 'expired', '{}');
    END IF;
    refusal := codes_use(p_secret, p_user_id, 'contact', p_code, p_at);
    IF refusal IS NOT NULL THEN
        RETURN requests_refuse(p_request_key, refusal ->> 'reason', refusal -> 'details');
    END IF;
    PERFORM contacts_lock_email(p_email);
    reason := contacts_extra_why_not(p_user_id, p_email);
    IF reason IS NOT NULL THEN RETURN requests_refuse(p_request_key, reason, '{}'); END IF;
    INSERT INTO extra_contacts (user_id, kind, value, verified_at, created_at)
    VALUES (p_user_id, 'email', p_email, p_at, p_at) RETURNING * INTO proven;
    RETURN contacts_extra_finish(p_request_key, proven);
END
$$;
