-- internal: whose place to pay in an event names: by our own reference, else by the provider's address, else by its own id
-- One address may serve several coins of one person (TRC20 and TRX), never two people.
CREATE FUNCTION deposits_find(
    p_provider text, p_event_id text, p_reference text, p_address text, p_currency text, p_network text
)
RETURNS payins LANGUAGE plpgsql STABLE AS $$
DECLARE
    found payins;
BEGIN
    SELECT * INTO found FROM payins WHERE reference = p_reference;
    IF found.id IS NULL THEN
        SELECT * INTO found FROM payins WHERE provider = p_provider AND address = p_address
        ORDER BY currency = p_currency AND network = p_network DESC, id DESC LIMIT 1;
    END IF;
    IF found.id IS NULL AND p_reference IS NULL AND p_address IS NULL THEN
        SELECT * INTO found FROM payins WHERE provider = p_provider AND external_id = p_event_id AND external_id <> '';
    END IF;
    RETURN found;
END
$$;
