-- internal: takes the request keys of cash-outs for this transaction, as requests_claim does; answers those whose keys were free
-- Of two that have one key one gets it; the other raises, as where the key was another request's before.
CREATE FUNCTION cashout_claim(p_asked cashout_ask[], p_at timestamptz) RETURNS cashout_ask[] LANGUAGE plpgsql AS $$
DECLARE
    fresh cashout_ask[];
BEGIN
    WITH claimed AS (
        INSERT INTO requests (key, hash, operation, at)
        SELECT request_key, request_hash, 'cashout/request', p_at FROM unnest(p_asked)
        ON CONFLICT (key) DO NOTHING RETURNING key, hash
    )
    SELECT coalesce(array_agg(ask), '{}') INTO fresh
    FROM unnest(p_asked) ask JOIN claimed ON claimed.key = ask.request_key AND claimed.hash = ask.request_hash;
    IF cardinality(fresh) < cardinality(p_asked) THEN
        PERFORM requests_claim(request_key, request_hash, 'cashout/request', p_at)
        FROM unnest(p_asked) ask WHERE ask <> ALL (fresh);
    END IF;
    RETURN fresh;
END
$$;
