-- Notes what a provider calls a cash-out that it is about to pay, or may have paid; no row when another one of it is called so,
-- or when it is not being paid (any more).
-- Two at once that want the same name are of one process, which asks for them one after the other.
UPDATE cashouts c SET external_id = :external_id::text
WHERE c.id = :cashout_id::bigint AND c.state IN ('sending', 'unknown', 'sent') AND NOT EXISTS (
    SELECT FROM cashouts o WHERE o.provider = c.provider AND o.external_id = :external_id::text AND o.id <> c.id)
RETURNING c.id
