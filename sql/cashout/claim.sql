-- internal: takes the request keys of cash-outs for this transaction, as requests_claim does; answers those whose keys were free
CREATE FUNCTION cashout_claim(p_asked cashout_ask[], p_at timestamptz) RETURNS cashout_ask[] LANGUAGE plpgsql AS $$
DECLARE
    fresh text[];
BEGIN
    WITH claimed AS (
        INSERT INTO requests (key, hash, operation, at)
        SELECT request_key, request_hash, 'cashout/request', p_at FROM unnest(p_asked)
        ON CONFLICT (key) DO NOTHING RETURNING key
    )
    SELECT array_agg(key) INTO fresh FROM claimed;
    IF cardinality(fresh) = cardinality(p_asked) THEN RETURN p_asked; END IF;
    PERFORM requests_claim(request_key, request_hash, 'cashout/request', p_at)
    FROM unnest(p_asked) WHERE request_key <> ALL (coalesce(fresh, '{}'));
    RETURN ARRAY(SELECT ask FROM unnest(p_asked) ask WHERE ask.request_key = ANY (fresh));
END
$$;
