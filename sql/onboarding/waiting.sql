-- internal: the open invitations that fit a person's username, verified e-mail or proven phone number, 20 at most
CREATE FUNCTION onboarding_waiting(p_user_id bigint) RETURNS SETOF invitations LANGUAGE sql STABLE AS $$
    SELECT i.* FROM users u
    JOIN invitations i ON i.user_id IS NULL AND (
        i.kind = 'username' AND i.handle = lower(u.username)
        OR i.kind = 'email' AND i.handle = lower(u.email) AND u.email_verified_at IS NOT NULL
        OR i.kind = 'phone' AND i.handle = u.phone)
    JOIN trades t ON t.id = i.trade_id AND t.ended_at IS NULL AND t.buyer_id <> u.id
    WHERE u.id = p_user_id
    ORDER BY i.trade_id DESC LIMIT 20
$$;
