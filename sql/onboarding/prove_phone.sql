-- Takes a phone number as a person's own: Telegram has said so. Numbers change hands, so the newer proof counts, and
-- whoever had proven it before has it no more. What they joined by it stays theirs.
-- The number is locked, so that two who prove it at once follow each other; then the people, in the order of their ids.
CREATE FUNCTION onboarding_prove_phone(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_phone text
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'onboarding/prove_phone', p_at);
    former  bigint;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    IF p_phone !~ '^\+[1-9][0-9]{6,14}$' THEN RETURN requests_refuse(p_request_key, 'bad_phone', '{}'); END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('phone ' || p_phone, 0));
    PERFORM FROM users WHERE id = p_user_id OR phone = p_phone ORDER BY id FOR NO KEY UPDATE;
    UPDATE users SET phone = NULL, phone_verified_at = NULL WHERE phone = p_phone AND id <> p_user_id
    RETURNING id INTO former;
    UPDATE users SET phone = p_phone, phone_verified_at = p_at WHERE id = p_user_id;
    RETURN requests_finish(p_request_key, jsonb_build_object(
        'answer', jsonb_build_object('phone', p_phone, 'verified_at', p_at),
        'changed', (
            SELECT jsonb_agg(jsonb_build_array(person, name))
            FROM unnest(ARRAY[p_user_id, former]) person,
                unnest(ARRAY['Onboarding', 'Menu', 'InvitationPage', 'Extras', 'Preferences']) name
            WHERE person IS NOT NULL),
        'told', 0));
END
$$;
