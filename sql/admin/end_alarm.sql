-- Somebody of the staff has looked into what was told of a payout; of two at once one has. It moves no money, and the audit goes on
-- telling of money that left twice. Nobody does so of their own cash-out.
CREATE FUNCTION admin_end_alarm(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_alarm_id bigint, p_note text
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'admin/end_alarm', p_at);
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    IF NOT admin_may(p_user_id, 'finance') THEN
        RETURN requests_refuse(p_request_key, 'not_staff', '{}');
    END IF;
    IF admin_own_payout(p_user_id, p_alarm_id) THEN RETURN requests_refuse(p_request_key, 'own_cashout', '{}'); END IF;
    IF p_note !~ '\S' OR length(p_note) > 500 THEN RETURN requests_refuse(p_request_key, 'bad_note', '{}'); END IF;
    UPDATE payout_alarms SET ended_by = p_user_id, ended_at = p_at, note = p_note WHERE event_id = p_alarm_id AND ended_at IS NULL;
    IF NOT FOUND THEN RETURN requests_refuse(p_request_key, 'wrong_state', '{}'); END IF;
    PERFORM admin_record(p_user_id, 'end_alarm', 'payout_event ' || p_alarm_id, p_note, NULL, NULL, p_at);
    RETURN requests_finish(p_request_key, jsonb_build_object('answer', p_alarm_id, 'changed', admin_changed(), 'told', 0));
END
$$;
