-- internal: tells those who can decide about a cash-out something of it, each once per p_dedup
-- p_more: what is told besides. Nobody decides about their own: whose it is hears of it only when nobody else could, and is told that
-- (`is_own`).
CREATE FUNCTION cashout_tell_staff(p_cashout cashouts, p_kind text, p_dedup text, p_at timestamptz, p_more jsonb DEFAULT '{}')
RETURNS void LANGUAGE sql AS $$
    SELECT outbox_notice(able.user_id, p_kind,
        cashout_news(p_cashout) || p_more || jsonb_build_object('is_own', able.user_id = p_cashout.user_id),
        p_dedup || '.' || able.user_id, p_at)
    FROM (
        SELECT user_id, bool_and(user_id = p_cashout.user_id) OVER () AS is_alone FROM staff WHERE admin_may(user_id, 'finance')
    ) able
    WHERE able.user_id <> p_cashout.user_id OR able.is_alone
$$;
