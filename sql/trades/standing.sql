-- internal: what a person is to a trade whose invitation they have opened
-- A phone number is not proven by anybody yet: there, as with a link, the token opens.
CREATE FUNCTION trades_standing(p_trade trades, p_invitation invitations, p_user users) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN p_trade.buyer_id = p_user.id THEN 'own_trade'
        WHEN p_trade.seller_id = p_user.id THEN 'joined'
        WHEN p_trade.seller_id IS NOT NULL THEN 'taken'
        WHEN p_trade.ended_at IS NOT NULL THEN 'ended'
        WHEN p_invitation.kind = 'username' AND p_invitation.handle IS DISTINCT FROM lower(p_user.username) THEN 'not_for_you'
        WHEN p_invitation.kind = 'email' AND (p_user.email_verified_at IS NULL
            OR p_invitation.handle IS DISTINCT FROM lower(p_user.email)) THEN 'not_for_you'
        ELSE 'open' END
$$;
