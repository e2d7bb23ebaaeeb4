-- An owner tells everybody something, or many: it begins as soon as no older one is under way.
CREATE FUNCTION broadcasts_start(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_kind text, p_text text, p_file_id text, p_audience text
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'broadcasts/start', p_at);
    month   timestamptz := p_at - interval '30 days';
    people  int;
    made    bigint;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    IF NOT admin_may(p_user_id, 'owner') THEN RETURN requests_refuse(p_request_key, 'not_staff'); END IF;
    IF p_kind NOT IN ('text', 'photo', 'document') OR (p_kind = 'text') <> (p_file_id = '') OR p_kind = 'text' AND p_text !~ '\S'
        OR length(p_text) > 1000 THEN
        RETURN requests_refuse(p_request_key, 'bad_text');
    END IF;
    SELECT count(*) INTO people FROM users u
    WHERE broadcasts_hears(u, p_audience) AND (p_audience <> 'active' OR EXISTS (
        SELECT FROM requests WHERE key > u.id || '.' AND key < u.id || '/' AND at >= month));
    IF people = 0 THEN RETURN requests_refuse(p_request_key, 'nobody'); END IF;
    INSERT INTO broadcasts (author, kind, text, file_id, audience, since, total, at)
    VALUES (p_user_id, p_kind, p_text, p_file_id, p_audience, month, people, p_at) RETURNING id INTO made;
    PERFORM admin_record(p_user_id, 'start_broadcast', 'broadcast ' || made, left(p_text, 500), NULL,
        jsonb_build_object('kind', p_kind, 'audience', p_audience, 'people', people), p_at);
    RETURN requests_finish(p_request_key, jsonb_build_object('answer', made, 'changed', broadcasts_changed(), 'told', 0));
END
$$;
