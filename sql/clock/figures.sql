-- What waits, and for whom: counts over the indexes of what is open.
SELECT
    (SELECT count(*) FROM inbox)::int AS updates,
    (SELECT count(*) FROM outbox WHERE sent_at IS NULL)::int AS notices,
    (SELECT count(*) FROM dead_letters)::int AS dead_letters,
    (SELECT count(*) FROM unapplied WHERE ended_as IS NULL)::int AS unapplied,
    (SELECT count(*) FROM reconciliations WHERE settled_at IS NULL)::int AS differences,
    c.to_approve, c.by_hand, c.unknown, c.under_way,
    (SELECT count(*) FROM payout_alarms WHERE ended_at IS NULL)::int AS payout_alarms,
    (SELECT count(*) FROM corrections WHERE state = 'proposed' AND expires_at > :at)::int AS corrections,
    (SELECT count(*) FROM disputes WHERE resolved_at IS NULL)::int AS disputes,
    (SELECT count(*) FROM tickets WHERE state = 'open' AND (waits_since IS NULL) = false)::int AS tickets,
    (SELECT count(*) FROM provider_balances WHERE low_since IS NOT NULL)::int AS low_balances
FROM (
    SELECT
        (count(*) FILTER (WHERE state = 'awaiting_approval'))::int AS to_approve, (count(*) FILTER (WHERE state = 'waiting'))::int AS by_hand,
        (count(*) FILTER (WHERE state = 'unknown'))::int AS unknown,
        (count(*) FILTER (WHERE state IN ('requested', 'sending', 'sent')))::int AS under_way
    FROM cashouts WHERE ended_at IS NULL
) c
