-- internal: how many messages of others somebody has not read in a trade's chat
CREATE FUNCTION chat_unread(p_trade_id bigint, p_user_id bigint) RETURNS int LANGUAGE sql STABLE AS $$
    SELECT count(*)::int FROM chat_messages
    WHERE trade_id = p_trade_id AND author_id <> p_user_id
        AND n > coalesce((SELECT n FROM chat_seen WHERE trade_id = p_trade_id AND user_id = p_user_id), 0)
$$;
