-- internal: tells a user something, by Telegram or else by e-mail, once per p_dedup
-- p_subject: what this is the progress of. It takes the place of what was last told of the same subject, without a sound.
CREATE FUNCTION outbox_notice(
    p_user_id bigint, p_kind text, p_data jsonb, p_dedup text, p_at timestamptz, p_subject text DEFAULT NULL
) RETURNS void LANGUAGE sql AS $$
    INSERT INTO outbox (user_id, kind, data, dedup, created_at, due_at, subject)
    VALUES (p_user_id, p_kind, p_data, p_dedup, p_at, p_at, p_subject)
    ON CONFLICT (dedup) DO NOTHING
$$;
