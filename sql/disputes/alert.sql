-- The clock: tells support and the owners that a dispute is open for long, once; answers whether it still was. Locks the trade.
CREATE FUNCTION disputes_alert(p_request_key text, p_request_hash text, p_at timestamptz, p_trade_id bigint)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'disputes/alert', p_at);
    trade   trades;
    dispute disputes;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    SELECT * INTO trade FROM trades WHERE id = p_trade_id FOR NO KEY UPDATE;
    UPDATE disputes SET alerted_at = p_at WHERE trade_id = p_trade_id AND resolved_at IS NULL AND alerted_at IS NULL
    RETURNING * INTO dispute;
    IF dispute.id IS NOT NULL THEN
        PERFORM admin_tell('dispute_waits', disputes_news(trade, dispute, 'admin'), 'dispute_waits.' || dispute.id, p_at, 'support');
    END IF;
    RETURN requests_finish(p_request_key, jsonb_build_object(
        'answer', dispute.id IS NOT NULL, 'changed', '[]'::jsonb, 'told', (dispute.id IS NOT NULL)::int));
END
$$;
