-- internal: tells a user what concerns the security of their account, by Telegram and by e-mail, once per p_dedup
-- Two rows, so that each way is tried until it worked and none is gone twice; p_data names the `user_id`. Answers how many it wrote.
CREATE FUNCTION outbox_secure(p_user_id bigint, p_kind text, p_data jsonb, p_dedup text, p_at timestamptz)
RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    proven text := (SELECT email FROM users WHERE id = p_user_id AND email_verified_at IS NOT NULL);
    news   jsonb := p_data || jsonb_build_object('user_id', p_user_id);
BEGIN
    PERFORM outbox_notice(p_user_id, p_kind, news, p_dedup, p_at);
    IF proven IS NULL THEN RETURN 1; END IF;
    PERFORM outbox_mail(proven, p_kind, news, p_dedup || '.mail', p_at);
    RETURN 2;
END
$$;
