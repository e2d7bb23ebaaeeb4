-- internal: who wrote, as the staff has to know them
CREATE FUNCTION support_person(p_user_id bigint) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'id', id, 'name', users_name(id), 'standing', ratings_standing(id), 'onboarded', onboarded_at IS NOT NULL,
        'blocked', blocked_at IS NOT NULL, 'closed', closed_at IS NOT NULL, 'unreachable', unreachable_at IS NOT NULL,
        'has_email', email_verified_at IS NOT NULL)
    FROM users WHERE id = p_user_id
$$;
