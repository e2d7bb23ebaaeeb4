-- internal: what a person is to a trade whose invitation they have opened
-- For a handle, only who has it now may join, as theirs or as a further one: the token alone opens nothing but a link.
CREATE FUNCTION trades_standing(p_trade trades, p_invitation invitations, p_user users) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN p_trade.buyer_id = p_user.id THEN 'own_trade'
        WHEN p_trade.seller_id = p_user.id THEN 'joined'
        WHEN p_trade.seller_id IS NOT NULL THEN 'taken'
        WHEN p_trade.ended_at IS NOT NULL THEN 'ended'
        WHEN EXISTS (SELECT FROM extra_contacts
            WHERE user_id = p_user.id AND kind = p_invitation.kind AND lower(value) = p_invitation.handle
                AND verified_at IS NOT NULL) THEN 'open'
        WHEN p_invitation.kind = 'username' AND p_invitation.handle IS DISTINCT FROM lower(p_user.username) THEN 'not_for_you'
        WHEN p_invitation.kind = 'email' AND (p_user.email_verified_at IS NULL
            OR p_invitation.handle IS DISTINCT FROM lower(p_user.email)) THEN 'not_for_you'
        WHEN p_invitation.kind = 'phone' AND p_invitation.handle IS DISTINCT FROM p_user.phone THEN 'not_for_you'
        ELSE 'open' END
$$;
