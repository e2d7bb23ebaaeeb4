-- internal: whether others have written in a trade's chat what somebody has not read
CREATE FUNCTION menu_unread(p_trade_id bigint, p_user_id bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM chat_messages
        WHERE trade_id = p_trade_id AND author_id <> p_user_id
            AND n > coalesce((SELECT n FROM chat_seen WHERE trade_id = p_trade_id AND user_id = p_user_id), 0))
$$;
