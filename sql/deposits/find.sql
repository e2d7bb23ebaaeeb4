-- internal: whose place to pay in an event names: by our own reference, else by the provider's address, else by its own id
-- One address may serve several coins of one person (TRC20 and TRX), never two people at a time. One that had another owner before
-- says nothing of whose the money is, unless the provider names what it made for them: people decide.
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
        ORDER BY coalesce(external_id <> '' AND external_id = p_event_id, false) DESC,
            currency = p_currency AND network = p_network DESC, id DESC LIMIT 1;
        IF coalesce(found.external_id, '') <> p_event_id AND EXISTS (
            SELECT FROM payins WHERE provider = p_provider AND address = p_address AND user_id <> found.user_id) THEN
            RETURN NULL;
        END IF;
    END IF;
    IF found.id IS NULL AND p_reference IS NULL AND p_address IS NULL THEN
        SELECT * INTO found FROM payins WHERE provider = p_provider AND external_id = p_event_id AND external_id <> '';
    END IF;
    RETURN found;
END
$$;
