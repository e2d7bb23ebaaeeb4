-- Mails a 6-digit code for one purpose. The row keeps a hash, the outbox a nonce: whoever reads the database cannot type the code.
-- `email` and `contact` prove an address, and go to it; any other purpose asks whether it is the person, and goes to the
-- verified address only, whatever is asked; p_outgoing is what it lets go out, which the mail names. The person's row is locked, so
-- that limits hold for two at once.
CREATE FUNCTION codes_send(
    p_request_key text, p_request_hash text, p_at timestamptz, p_secret bytea, p_user_id bigint, p_purpose text, p_email text,
    p_outgoing jsonb
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'codes/send', p_at);
    proves  boolean := p_purpose IN ('email', 'contact');
    rules   terms;
    target  text;
    reason  text;
    sent    int;
    last    timestamptz;
    oldest  timestamptz;
    wrong   int;
    random  text := replace(gen_random_uuid()::text, '-', '');
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    SELECT CASE WHEN proves THEN p_email WHEN email_verified_at IS NOT NULL THEN email END INTO target
    FROM users WHERE id = p_user_id FOR NO KEY UPDATE;
    SELECT * INTO rules FROM terms;
    IF target IS NULL THEN RETURN requests_refuse(p_request_key, 'no_email', '{}'); END IF;
    IF target !~ '^[^@\s]+@[^@\s]+$' OR length(target) > 254 OR p_email NOT IN ('', target) THEN
        RETURN requests_refuse(p_request_key, 'bad_email', '{}');
    END IF;
    reason := CASE
        WHEN p_purpose = 'contact' THEN contacts_extra_why_not(p_user_id, target)
        WHEN p_purpose = 'email' AND contacts_taken(p_user_id, target) THEN 'email_taken' END;
    IF reason IS NOT NULL THEN RETURN requests_refuse(p_request_key, reason, '{}'); END IF;
    SELECT count(*), max(sent_at), min(sent_at) INTO sent, last, oldest FROM verifications
    WHERE user_id = p_user_id AND purpose = p_purpose AND sent_at > p_at - interval '1 hour';
    wrong := codes_tries(p_user_id, p_purpose, p_at);
    IF wrong >= rules.code_tries THEN
        RETURN requests_refuse(p_request_key, 'too_many', jsonb_build_object('retry_at', codes_retry_at(p_user_id, p_purpose, p_at)));
    ELSIF sent >= rules.codes_an_hour THEN
        RETURN requests_refuse(p_request_key, 'too_many', jsonb_build_object('retry_at', oldest + interval '1 hour'));
    END IF;
    IF last > p_at - rules.code_pause THEN
        RETURN requests_refuse(p_request_key, 'too_soon', jsonb_build_object(
            'retry_at', last + rules.code_pause,
            'last', (
                SELECT CASE WHEN used_at IS NOT NULL THEN 'used' WHEN codes_covers(outgoing, p_outgoing) THEN 'good' ELSE 'other' END
                FROM verifications WHERE user_id = p_user_id AND purpose = p_purpose ORDER BY id DESC LIMIT 1)));
    END IF;

    INSERT INTO verifications (user_id, purpose, email, nonce, hash, sent_at, expires_at, outgoing)
    VALUES (p_user_id, p_purpose, target, random,
        sha256(p_secret || convert_to(random || codes_digits(p_secret, p_user_id, p_purpose, random), 'UTF8')),
        p_at, p_at + rules.code_lifetime, p_outgoing);
    PERFORM outbox_mail(target, 'email_code', jsonb_build_object(
        'user_id', p_user_id, 'purpose', p_purpose, 'nonce', random, 'expires_at', p_at + rules.code_lifetime,
        'outgoing', p_outgoing),
        'email_code.' || random, p_at);
    RETURN requests_finish(p_request_key, jsonb_build_object(
        'answer', jsonb_build_object(
            'email', target, 'expires_at', p_at + rules.code_lifetime,
            'tries_left', rules.code_tries - wrong),
        'changed', CASE p_purpose
            WHEN 'email' THEN jsonb_build_array(jsonb_build_array(p_user_id, 'Onboarding'))
            ELSE '[]' END,
        'told', 1));
END
$$;
