-- internal: tells a user something, by Telegram or else by e-mail, once per p_dedup
CREATE FUNCTION outbox_notice(p_user_id bigint, p_kind text, p_data jsonb, p_dedup text, p_at timestamptz)
RETURNS void LANGUAGE sql AS $$
    INSERT INTO outbox (user_id, kind, data, dedup, created_at, due_at)
    VALUES (p_user_id, p_kind, p_data, p_dedup, p_at, p_at)
    ON CONFLICT (dedup) DO NOTHING
$$;
