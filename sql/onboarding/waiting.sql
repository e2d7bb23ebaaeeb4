-- internal: the open invitations that fit a person's username, verified e-mails or proven phone numbers, 20 at most
-- Each handle is looked up in invitations_waiting, which an OR over the further ones would not be.
CREATE FUNCTION onboarding_waiting(p_user_id bigint) RETURNS SETOF invitations LANGUAGE sql STABLE AS $$
    SELECT i.* FROM (
        SELECT 'username', lower(username) FROM users WHERE id = p_user_id
        UNION SELECT 'email', lower(email) FROM users WHERE id = p_user_id AND email_verified_at IS NOT NULL
        UNION SELECT 'phone', phone FROM users WHERE id = p_user_id
        UNION SELECT kind, lower(value) FROM extra_contacts WHERE user_id = p_user_id AND verified_at IS NOT NULL
    ) AS theirs (kind, handle)
    JOIN invitations i ON i.user_id IS NULL AND i.kind = theirs.kind AND i.handle = theirs.handle
    JOIN trades t ON t.id = i.trade_id AND t.ended_at IS NULL AND t.buyer_id <> p_user_id
    ORDER BY i.trade_id DESC LIMIT 20
$$;
