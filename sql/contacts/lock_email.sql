-- internal: locks an e-mail address until the transaction ends; after the person's row, always, so that nobody waits in a circle
CREATE FUNCTION contacts_lock_email(p_email text) RETURNS void LANGUAGE sql VOLATILE AS $$
    SELECT pg_advisory_xact_lock(hashtextextended('email ' || lower(p_email), 0))
$$;
