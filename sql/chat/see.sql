-- Somebody has opened a trade's chat, whose newest message was p_newest: up to there, everything is read.
CREATE FUNCTION chat_see(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_trade_id bigint, p_newest bigint
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'chat/see', p_at);
    before  int := coalesce((SELECT n FROM chat_seen WHERE trade_id = p_trade_id AND user_id = p_user_id), 0);
    newest  int := coalesce((SELECT max(n) FROM chat_messages WHERE trade_id = p_trade_id AND n <= p_newest), 0);
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    IF NOT EXISTS (SELECT FROM trades t WHERE id = p_trade_id AND chat_role(t, p_user_id) IS NOT NULL) THEN
        RETURN requests_refuse(p_request_key, 'unknown_trade');
    END IF;
    PERFORM chat_mark(p_trade_id, p_user_id, newest);
    RETURN requests_finish(p_request_key, jsonb_build_object(
        'answer', jsonb_build_object('before', before),
        'changed', jsonb_build_array(
            jsonb_build_array(p_user_id, 'ChatPage'), jsonb_build_array(p_user_id, 'TradePage'),
            jsonb_build_array(p_user_id, 'TradeList'),
            jsonb_build_array(p_user_id, 'Menu'))
            || CASE WHEN EXISTS (SELECT FROM disputes WHERE trade_id = p_trade_id)
                THEN jsonb_build_array(jsonb_build_array(p_user_id, 'DisputeCase')) ELSE '[]' END,
        'told', 0));
END
$$;
