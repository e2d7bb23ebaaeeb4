-- internal: makes a person the seller of the trade that a token invites to; answers the reason why not, or null
-- Locks the trade and tells the buyer. Whoever is the seller already stays it. The caller has locked the person.
CREATE FUNCTION trades_bind(p_user_id bigint, p_token text, p_at timestamptz)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    invitation invitations;
    trade      trades;
    person     users;
    standing   text;
BEGIN
    SELECT * INTO person FROM users WHERE id = p_user_id;
    IF users_barred(person) IS NOT NULL THEN RETURN users_barred(person); END IF;
    SELECT * INTO invitation FROM invitations WHERE token = p_token;
    SELECT * INTO trade FROM trades WHERE id = invitation.trade_id FOR NO KEY UPDATE;
    IF trade.id IS NULL THEN RETURN 'unknown_invitation'; END IF;
    standing := trades_standing(trade, invitation, person);
    IF standing NOT IN ('open', 'joined') THEN RETURN standing; END IF;
    IF standing = 'open' THEN
        UPDATE trades SET seller_id = p_user_id WHERE id = trade.id RETURNING * INTO trade;
        UPDATE invitations SET user_id = p_user_id, joined_at = p_at WHERE trade_id = trade.id;
        PERFORM trades_tell(trade, 'buyer', 'trade_joined', p_at);
    END IF;
    RETURN NULL;
END
$$;
