-- internal: why an e-mail address cannot become a further one of a person's; null: it can. The caller has locked their row.
CREATE FUNCTION contacts_extra_why_not(p_user_id bigint, p_email text) RETURNS text LANGUAGE sql VOLATILE AS $$
    SELECT CASE
        WHEN contacts_taken(p_user_id, p_email) THEN 'email_taken'
        WHEN EXISTS (SELECT FROM users
                WHERE id = p_user_id AND lower(email) = lower(p_email) AND email_verified_at IS NOT NULL)
            OR EXISTS (SELECT FROM extra_contacts
                WHERE user_id = p_user_id AND kind = 'email' AND lower(value) = lower(p_email)) THEN 'kept_already'
        WHEN (SELECT count(*) FROM extra_contacts WHERE user_id = p_user_id) >= 5 THEN 'extras_full' END
$$;
