-- Writes a message into a trade's chat and tells the other side; while the trade is disputed, both sides and who of the staff decides
-- about it. Whoever writes has read what was there.
-- The trade is locked: messages are numbered in the order of their commits, so none slips in behind one that was read,
-- and two at once cannot both be the last that a minute allows.
CREATE FUNCTION chat_say(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_trade_id bigint,
    p_kind text, p_text text, p_file_id text
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    most    CONSTANT int := 20;  -- a minute
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'chat/say', p_at);
    trade   trades;
    reason  text;
    side    text;
    dispute disputes;
    missed  int;
    number  int;
    news    jsonb;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    SELECT * INTO trade FROM trades WHERE id = p_trade_id FOR NO KEY UPDATE;
    reason := chat_why_not(trade, p_user_id, p_at);
    IF reason IS NOT NULL THEN RETURN requests_refuse(p_request_key, reason); END IF;
    IF p_kind NOT IN ('text', 'photo', 'document') OR (p_kind = 'text') <> (p_file_id = '')
        OR p_kind = 'text' AND p_text !~ '\S' OR length(p_text) > 1000 THEN
        RETURN requests_refuse(p_request_key, 'bad_message', jsonb_build_object('longest', '1000'));
    END IF;
    IF (SELECT count(*) FROM chat_messages
        WHERE trade_id = trade.id AND author_id = p_user_id AND at > p_at - interval '1 minute') >= most THEN
        RETURN requests_refuse(p_request_key, 'too_fast', jsonb_build_object('most', most::text));
    END IF;
    side := chat_role(trade, p_user_id);
    missed := chat_unread(trade.id, p_user_id);
    INSERT INTO chat_messages (trade_id, n, author_id, role, kind, text, file_id, at)
    VALUES (trade.id, coalesce((SELECT max(n) FROM chat_messages WHERE trade_id = trade.id), 0) + 1,
        p_user_id, side, p_kind, p_text, p_file_id, p_at)
    RETURNING n INTO number;
    PERFORM chat_mark(trade.id, p_user_id, number);
    news := jsonb_build_object(
        'trade_id', trade.id, 'slug', trade.slug, 'n', number, 'role', side, 'kind', p_kind, 'text', p_text, 'file_id', p_file_id,
        'name', CASE side WHEN 'admin' THEN 'LockBay' ELSE users_name(p_user_id) END);
    PERFORM outbox_notice(person, CASE trade.state WHEN 'disputed' THEN 'dispute_message' ELSE 'chat_message' END, news,
        format('chat_message.%s.%s%s', trade.id, number, CASE side WHEN 'admin' THEN '.' || person END), p_at)
    FROM unnest(ARRAY[trade.buyer_id, trade.seller_id]) person WHERE person <> p_user_id;
    IF trade.state = 'disputed' THEN
        SELECT * INTO dispute FROM disputes WHERE trade_id = trade.id;
        PERFORM outbox_notice(person, 'dispute_said', news || jsonb_build_object('name', users_name(p_user_id)),
            format('dispute_said.%s.%s.%s', trade.id, number, person), p_at)
        FROM disputes_staff(dispute) person WHERE person <> p_user_id;
    END IF;
    RETURN requests_finish(p_request_key, jsonb_build_object(
        'answer', jsonb_build_object('n', number, 'missed', missed),
        'changed', disputes_changed(trade.id) || (
            SELECT jsonb_agg(jsonb_build_array(person, name))
            FROM unnest(ARRAY[trade.buyer_id, trade.seller_id]) person, unnest(ARRAY['ChatPage', 'TradePage', 'TradeList', 'Menu']) name),
        'told', 1));
END
$$;
