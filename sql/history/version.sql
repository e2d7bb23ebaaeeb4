-- internal: the version that an account had at a time: of the last posting that was made before it, 0 for none
CREATE FUNCTION history_version(p_account_id bigint, p_moment timestamptz) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT coalesce((
        SELECT p.version FROM postings p JOIN transfers t ON t.id = p.transfer_id
        WHERE p.account_id = p_account_id AND p.version IS NOT NULL AND t.at < p_moment
        ORDER BY p.version DESC LIMIT 1), 0)
$$;
