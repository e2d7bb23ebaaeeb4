-- internal: whether somebody else has proven an e-mail address, as theirs or as a further one of theirs
-- Who is about to write one holds the lock of contacts_lock_email, so that two who prove it at once follow each other.
CREATE FUNCTION contacts_taken(p_user_id bigint, p_email text) RETURNS boolean LANGUAGE sql VOLATILE AS $$
    SELECT EXISTS (SELECT FROM users
            WHERE lower(email) = lower(p_email) AND email_verified_at IS NOT NULL AND id <> p_user_id)
        OR EXISTS (SELECT FROM extra_contacts
            WHERE kind = 'email' AND lower(value) = lower(p_email) AND verified_at IS NOT NULL AND user_id <> p_user_id)
$$;
