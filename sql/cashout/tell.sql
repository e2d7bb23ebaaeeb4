-- internal: tells the owner of a cash-out how it stands; the notice of an earlier state is edited, where it can be
CREATE FUNCTION cashout_tell(p_cashout cashouts, p_request_key text, p_at timestamptz) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
    PERFORM outbox_notice(p_cashout.user_id, 'cashout_' || p_cashout.state, cashout_news(p_cashout),
        format('cashout.%s.%s', p_cashout.id, p_request_key), p_at);
    RETURN 1;
END
$$;
