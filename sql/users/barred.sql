-- internal: why a person can begin nothing: `closed` by themselves, or `blocked`; null when they can
CREATE FUNCTION users_barred(p_person users) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN p_person.closed_at IS NOT NULL THEN 'closed' WHEN p_person.blocked_at IS NOT NULL THEN 'blocked' END
$$;
