-- Somebody of the staff wants to come in by the web: a link that lives ten minutes and opens once. Only their newest link opens.
-- The answer is a nonce; lockbay/areas/admin/console.py derives the token from it. Who reads the database cannot.
-- What is kept follows from the secret, too (enter.sql): with another bot's token no link of before opens any more.
CREATE FUNCTION console_open(
    p_request_key text, p_request_hash text, p_at timestamptz, p_secret bytea, p_user_id bigint
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'console/open', p_at);
    random  text := replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '');
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    PERFORM FROM staff WHERE user_id = p_user_id FOR NO KEY UPDATE;
    IF NOT FOUND OR EXISTS (SELECT FROM users WHERE id = p_user_id AND blocked_at IS NOT NULL) THEN
        RETURN requests_refuse(p_request_key, 'not_staff');
    END IF;
    UPDATE console_links SET used_at = p_at WHERE user_id = p_user_id AND used_at IS NULL;
    INSERT INTO console_links (user_id, hash, created_at, expires_at)
    VALUES (p_user_id, sha256(p_secret || sha256(sha256(p_secret || convert_to('console:' || p_user_id || ':' || random, 'UTF8')))),
        p_at, p_at + interval '10 minutes');
    RETURN requests_finish(p_request_key, jsonb_build_object(
        'answer', jsonb_build_object('nonce', random, 'expires_at', p_at + interval '10 minutes'),
        'changed', '[]'::jsonb, 'told', 0));
END
$$;
