-- internal: whether a trade's seller was found by a @username when it was made, and has another by now: the buyer may mean who has it
-- Whoever joined by themselves had it then. Each press tells what its sender is called now, and that is written down before it acts; until
-- then nobody but Telegram knows.
CREATE FUNCTION trades_renamed(p_trade trades) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM invitations i JOIN users u ON u.id = p_trade.seller_id
        WHERE i.trade_id = p_trade.id AND i.kind = 'username' AND i.joined_at = p_trade.created_at
            AND i.handle IS DISTINCT FROM lower(u.username))
$$;
