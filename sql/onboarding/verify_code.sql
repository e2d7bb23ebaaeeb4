-- Proves an e-mail by the code that was mailed last. A wrong try is counted, although it is refused.
CREATE FUNCTION onboarding_verify_code(
    p_request_key text, p_request_hash text, p_at timestamptz, p_secret bytea, p_user_id bigint, p_code text
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'onboarding/verify_code', p_at);
    allowed int;
    left_   int;
    proof   verifications;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    PERFORM FROM users WHERE id = p_user_id FOR NO KEY UPDATE;
    SELECT code_tries INTO allowed FROM terms;
    left_ := allowed - onboarding_tries(p_user_id, 'email', p_at);
    IF left_ <= 0 THEN
        RETURN requests_refuse(p_request_key, 'too_many', (
            SELECT jsonb_build_object('retry_at', min(sent_at) + interval '1 hour') FROM verifications
            WHERE user_id = p_user_id AND purpose = 'email' AND tries > 0 AND sent_at > p_at - interval '1 hour'));
    END IF;
    SELECT * INTO proof FROM verifications
    WHERE user_id = p_user_id AND purpose = 'email' ORDER BY id DESC LIMIT 1;
    IF proof.id IS NULL OR proof.used_at IS NOT NULL OR p_at >= proof.expires_at THEN
        RETURN requests_refuse(p_request_key, 'expired', '{}');
    END IF;
    IF proof.hash <> sha256(p_secret || convert_to(proof.nonce || p_code, 'UTF8')) THEN
        UPDATE verifications SET tries = tries + 1 WHERE id = proof.id;
        RETURN requests_refuse(p_request_key, 'wrong', jsonb_build_object('tries_left', (left_ - 1)::text));
    END IF;
    IF EXISTS (SELECT FROM users
        WHERE lower(email) = lower(proof.email) AND email_verified_at IS NOT NULL AND id <> p_user_id) THEN
        RETURN requests_refuse(p_request_key, 'email_taken', '{}');
    END IF;
    UPDATE verifications SET used_at = p_at WHERE id = proof.id;
    UPDATE users SET email = proof.email, email_verified_at = p_at WHERE id = p_user_id;
    RETURN requests_finish(p_request_key, jsonb_build_object(
        'answer', jsonb_build_object('email', proof.email, 'verified_at', p_at),
        'changed', (SELECT jsonb_agg(jsonb_build_array(p_user_id, name))
            FROM unnest(ARRAY['Onboarding', 'Menu', 'NewTrade', 'InvitationPage']) name),
        'told', 0));
END
$$;
