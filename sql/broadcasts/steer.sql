-- An owner stops a broadcast for a while (pause), lets it go on (resume), or ends it (cancel): nobody hears it any more, nor those whom
-- the outbox was to tell; while it is paused it waits for them there. Who is being told just then is counted. Rows that somebody else
-- writes at this moment are waited for, in the order of their numbers: who is put off just then must not stay due.
CREATE FUNCTION broadcasts_steer(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_broadcast_id bigint, p_move text
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'broadcasts/steer', p_at);
    held    broadcasts;
    unheard int;
    wanted  text := CASE p_move WHEN 'pause' THEN 'paused' WHEN 'resume' THEN 'running' WHEN 'cancel' THEN 'cancelled' END;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    IF NOT admin_may(p_user_id, 'owner') THEN RETURN requests_refuse(p_request_key, 'not_staff'); END IF;
    SELECT * INTO held FROM broadcasts WHERE id = p_broadcast_id FOR UPDATE;
    IF held.id IS NULL OR wanted IS NULL OR held.ended_at IS NOT NULL OR held.state = wanted THEN
        RETURN requests_refuse(p_request_key, 'wrong_state');
    END IF;
    WITH waiting AS MATERIALIZED (
        SELECT id FROM outbox
        WHERE sent_at IS NULL AND kind = 'announcement' AND starts_with(dedup, concat_ws('.', 'broadcast', held.id, 'to', ''))
        ORDER BY id FOR UPDATE
    ), withdrawn AS (
        DELETE FROM outbox WHERE wanted = 'cancelled' AND id IN (SELECT id FROM waiting) RETURNING id
    ), moved AS (
        UPDATE outbox SET due_at = CASE wanted WHEN 'running' THEN p_at END, planned_at = p_at
        WHERE wanted <> 'cancelled' AND id IN (SELECT id FROM waiting)
    )
    SELECT count(*) INTO unheard FROM withdrawn;
    UPDATE broadcasts SET state = wanted, sent = greatest(sent - unheard, 0), ended_at = CASE wanted WHEN 'cancelled' THEN p_at END, told_at = p_at
    WHERE id = held.id RETURNING * INTO held;
    PERFORM outbox_notice(held.author, 'broadcast_progress', broadcasts_told(held), 'broadcast.' || p_request_key, p_at, 'broadcast.' || held.id);
    PERFORM admin_record(p_user_id, p_move || '_broadcast', 'broadcast ' || held.id, '', NULL, NULL, p_at);
    RETURN requests_finish(p_request_key, jsonb_build_object('answer', wanted, 'changed', broadcasts_changed(), 'told', 1));
END
$$;
