-- internal: takes a request key for this transaction, or tells the first outcome; locks the key until the commit
-- The same key in two transactions: the second waits here for the first. If that commits, its outcome is read by a
-- statement of its own, as only a fresh snapshot sees it; if it rolls back, the key is free again.
CREATE FUNCTION requests_claim(p_key text, p_hash text, p_operation text, p_at timestamptz)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    first requests;
BEGIN
    INSERT INTO requests (key, hash, operation, at) VALUES (p_key, p_hash, p_operation, p_at)
    ON CONFLICT (key) DO NOTHING;
    IF FOUND THEN
        RETURN NULL;
    END IF;
    SELECT * INTO STRICT first FROM requests WHERE key = p_key;
    IF first.hash <> p_hash OR first.operation <> p_operation THEN
        RAISE 'request key % belongs to another request, of %', p_key, first.operation USING ERRCODE = 'LB001';
    END IF;
    RETURN first.outcome;
END
$$;
