-- internal: somebody has read a trade's chat up to a message; what was read stays read
CREATE FUNCTION chat_mark(p_trade_id bigint, p_user_id bigint, p_n int) RETURNS void LANGUAGE sql AS $$
    INSERT INTO chat_seen (trade_id, user_id, n) VALUES (p_trade_id, p_user_id, p_n)
    ON CONFLICT (trade_id, user_id) DO UPDATE SET n = greatest(chat_seen.n, excluded.n)
$$;
