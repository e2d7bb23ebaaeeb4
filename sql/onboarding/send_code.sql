-- Mails a 6-digit code. The row keeps a hash, the outbox a nonce: who reads the database cannot type the code.
-- The person's row is locked, so that limits hold for two at once.
CREATE FUNCTION onboarding_send_code(
    p_request_key text, p_request_hash text, p_at timestamptz, p_secret bytea, p_user_id bigint, p_email text
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'onboarding/send_code', p_at);
    rules   terms;
    sent    int;
    last    timestamptz;
    oldest  timestamptz;
    wrong   int;
    random  text := replace(gen_random_uuid()::text, '-', '');
    secret_code text := onboarding_code(p_secret, p_user_id, 'email', random);
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    PERFORM FROM users WHERE id = p_user_id FOR NO KEY UPDATE;
    SELECT * INTO rules FROM terms;
    IF p_email !~ '^[^@\s]+@[^@\s]+$' OR length(p_email) > 254 THEN
        RETURN requests_refuse(p_request_key, 'bad_email', '{}');
    END IF;
    IF EXISTS (SELECT FROM users
        WHERE lower(email) = lower(p_email) AND email_verified_at IS NOT NULL AND id <> p_user_id) THEN
        RETURN requests_refuse(p_request_key, 'email_taken', '{}');
    END IF;
    SELECT count(*), max(sent_at), min(sent_at) INTO sent, last, oldest FROM verifications
    WHERE user_id = p_user_id AND purpose = 'email' AND sent_at > p_at - interval '1 hour';
    wrong := onboarding_tries(p_user_id, 'email', p_at);
    IF sent >= rules.codes_an_hour OR wrong >= rules.code_tries THEN
        RETURN requests_refuse(p_request_key, 'too_many', jsonb_build_object('retry_at', oldest + interval '1 hour'));
    END IF;
    IF last > p_at - rules.code_pause THEN
        RETURN requests_refuse(p_request_key, 'too_soon', jsonb_build_object('retry_at', last + rules.code_pause));
    END IF;

    INSERT INTO verifications (user_id, purpose, email, nonce, hash, sent_at, expires_at)
    VALUES (p_user_id, 'email', p_email, random,
        sha256(p_secret || convert_to(random || secret_code, 'UTF8')), p_at, p_at + rules.code_lifetime);
    PERFORM outbox_mail(p_email, 'email_code', jsonb_build_object(
        'user_id', p_user_id, 'purpose', 'email', 'nonce', random, 'expires_at', p_at + rules.code_lifetime),
        'email_code.' || random, p_at);
    RETURN requests_finish(p_request_key, jsonb_build_object(
        'answer', jsonb_build_object(
            'email', p_email, 'expires_at', p_at + rules.code_lifetime, 'next_at', p_at + rules.code_pause,
            'tries_left', rules.code_tries - wrong),
        'changed', jsonb_build_array(jsonb_build_array(p_user_id, 'Onboarding')), 'told', 1));
END
$$;
