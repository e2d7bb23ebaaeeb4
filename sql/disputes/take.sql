-- Somebody of support takes a dispute, or takes it over; p_expected is who had it as they saw it, 0 for nobody: of two at once one does.
CREATE FUNCTION disputes_take(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_trade_id bigint, p_expected bigint
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'disputes/take', p_at);
    trade   trades;
    dispute disputes;
    reason  text;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    SELECT * INTO trade FROM trades WHERE id = p_trade_id FOR NO KEY UPDATE;
    SELECT * INTO dispute FROM disputes WHERE trade_id = p_trade_id;
    reason := disputes_why_not(trade, dispute, p_user_id);
    IF reason IS NOT NULL THEN RETURN requests_refuse(p_request_key, reason); END IF;
    IF coalesce(dispute.assigned_to, 0) NOT IN (p_expected, p_user_id) THEN
        RETURN requests_refuse(p_request_key, 'taken', jsonb_build_object(
            'by', coalesce(users_name(dispute.assigned_to), dispute.assigned_to::text)));
    END IF;
    UPDATE disputes SET assigned_to = p_user_id, assigned_at = p_at WHERE id = dispute.id;
    PERFORM admin_record(p_user_id, 'take_dispute', 'trade ' || trade.id, '',
        jsonb_build_object('assigned_to', dispute.assigned_to), jsonb_build_object('assigned_to', p_user_id), p_at);
    RETURN requests_finish(p_request_key, jsonb_build_object(
        'answer', true, 'changed', disputes_changed(trade.id), 'told', 0));
END
$$;
