-- internal: tells the owner of a cash-out how it stands. The staff's news are other kinds: cashout_<what>.
CREATE FUNCTION cashout_tell(p_cashout cashouts, p_request_key text, p_at timestamptz) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
    -- Tried again every quarter of an hour: that is nothing new.
    IF p_cashout.tries > 1 AND p_cashout.state IN ('sending', 'waiting') THEN RETURN 0; END IF;
    PERFORM outbox_notice(p_cashout.user_id, 'cashout_is_' || p_cashout.state, cashout_news(p_cashout),
        format('cashout.%s.%s', p_cashout.id, p_request_key), p_at);
    RETURN 1;
END
$$;
