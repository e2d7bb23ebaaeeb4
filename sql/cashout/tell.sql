-- internal: tells the owner of a cash-out how it stands. The staff's news are other kinds: cashout_<what>.
-- Until it ends, one message shows how it goes on. The end is news of its own, which rings; what stands above it stays.
CREATE FUNCTION cashout_tell(p_cashout cashouts, p_request_key text, p_at timestamptz) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
    -- Tried again every quarter of an hour: that is nothing new.
    IF p_cashout.tries > 1 AND p_cashout.state IN ('sending', 'waiting') THEN RETURN 0; END IF;
    PERFORM outbox_notice(p_cashout.user_id, 'cashout_is_' || p_cashout.state, cashout_news(p_cashout),
        format('cashout.%s.%s', p_cashout.id, p_request_key), p_at,
        CASE WHEN p_cashout.ended_at IS NULL THEN 'cashout.' || p_cashout.id END);
    RETURN 1;
END
$$;
