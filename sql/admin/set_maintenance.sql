-- An owner closes LockBay for everybody but the staff, with a message, or (null) opens it again. Of two who close it at once one does: the
-- other would have people told something else than who closed it has said.
-- While it is closed the clock acts upon no trade: nobody could answer. When it opens, every open trade has as much more time as
-- nobody could act upon it, and so has a promised price, within bounds: the first trades at once, the others by the clock. Money that
-- comes is taken as ever, and what is to be paid out is.
CREATE FUNCTION admin_set_maintenance(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_message text, p_why text
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'admin/set_maintenance', p_at);
    held    house;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    IF NOT admin_may(p_user_id, 'owner') THEN RETURN requests_refuse(p_request_key, 'not_staff'); END IF;
    IF p_why !~ '\S' OR length(p_why) > 500 THEN RETURN requests_refuse(p_request_key, 'bad_note'); END IF;
    IF p_message !~ '\S' OR length(p_message) > 500 THEN RETURN requests_refuse(p_request_key, 'bad_message'); END IF;
    PERFORM clock_beat(p_at);  -- an outage of before is none of this closing
    SELECT * INTO held FROM house FOR UPDATE;
    IF (held.maintenance IS NULL) = (p_message IS NULL) THEN RETURN requests_refuse(p_request_key, 'wrong_state'); END IF;
    UPDATE house SET maintenance = p_message,
        maintenance_since = CASE WHEN p_message IS NOT NULL THEN p_at END;
    IF p_message IS NULL THEN
        INSERT INTO absences (since, until, planned) SELECT held.maintenance_since, p_at, true WHERE held.maintenance_since < p_at;
        PERFORM clock_give_back(p_at);
    END IF;
    PERFORM admin_record(p_user_id, CASE WHEN p_message IS NULL THEN 'open_house' ELSE 'close_house' END, 'house', p_why,
        to_jsonb(held.maintenance), to_jsonb(p_message), p_at);
    RETURN requests_finish(p_request_key, jsonb_build_object('answer', p_message IS NOT NULL,
        'changed', admin_altered() || '[[0, "Maintenance"]]', 'told', 0));
END
$$;
