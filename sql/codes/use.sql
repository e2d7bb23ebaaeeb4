-- internal: uses the code that was mailed last for a purpose; null when it is right, else why not as {reason, details}
-- p_outgoing: what it is to let out. Of a code that was mailed for something else nothing is said, not even whether it is right.
-- The caller has locked the person's row. A wrong try is counted, although it is refused.
CREATE FUNCTION codes_use(
    p_secret bytea, p_user_id bigint, p_purpose text, p_code text, p_at timestamptz, p_outgoing jsonb DEFAULT NULL
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    left_ int := (SELECT code_tries FROM terms) - codes_tries(p_user_id, p_purpose, p_at);
    proof verifications;
BEGIN
    IF coalesce(p_code, '') = '' THEN
        RETURN '{"reason": "code_needed", "details": {}}';
    END IF;
    IF left_ <= 0 THEN
        RETURN jsonb_build_object('reason', 'too_many', 'details', jsonb_build_object(
            'retry_at', codes_retry_at(p_user_id, p_purpose, p_at)));
    END IF;
    SELECT * INTO proof FROM verifications
    WHERE user_id = p_user_id AND purpose = p_purpose ORDER BY id DESC LIMIT 1;
    IF proof.id IS NULL OR proof.used_at IS NOT NULL OR p_at >= proof.expires_at
        OR NOT codes_covers(proof.outgoing, p_outgoing) THEN
        RETURN '{"reason": "expired", "details": {}}';
    END IF;
    -- Two hashes are compared, not two codes: how far they agree, and so how long it takes, tells nothing of the code.
    IF proof.hash <> sha256(p_secret || convert_to(proof.nonce || p_code, 'UTF8')) THEN
        UPDATE verifications SET tries = tries + 1 WHERE id = proof.id;
        RETURN jsonb_build_object('reason', 'wrong', 'details', jsonb_strip_nulls(jsonb_build_object(
            'tries_left', (left_ - 1)::text, 'retry_at', CASE left_ WHEN 1 THEN codes_retry_at(p_user_id, p_purpose, p_at) END)));
    END IF;
    UPDATE verifications SET used_at = p_at WHERE id = proof.id;
    RETURN NULL;
END
$$;
