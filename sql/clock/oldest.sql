-- For how many seconds the oldest of each waits; 0: none does. A cash-out does since it was requested, decided about or sent; one
-- that no provider takes since the first of these: each quarter of an hour it is tried again.
-- `timers`: trades whose deadline has passed, while LockBay is open, and upon which the clock has not acted.
SELECT
    (SELECT greatest(extract(epoch FROM :at - min(at))::int, 0) FROM unapplied WHERE ended_as IS NULL) AS unapplied,
    (SELECT greatest(extract(epoch FROM :at - min(at))::int, 0) FROM reconciliations WHERE settled_at IS NULL) AS differences,
    c.to_approve, c.by_hand, c.unknown,
    (SELECT greatest(extract(epoch FROM :at - min(opened_at))::int, 0) FROM disputes WHERE resolved_at IS NULL) AS disputes,
    (SELECT coalesce(extract(epoch FROM :at - min(due_at))::int, 0) FROM trades
        WHERE due_at <= :at AND (SELECT maintenance_since IS NULL FROM house)) AS timers
FROM (
    SELECT
        greatest(extract(epoch FROM :at - min(since) FILTER (WHERE state = 'awaiting_approval'))::int, 0) AS to_approve,
        greatest(extract(epoch FROM :at - min(wanted) FILTER (WHERE state = 'waiting'))::int, 0) AS by_hand,
        greatest(extract(epoch FROM :at - min(since) FILTER (WHERE state = 'unknown'))::int, 0) AS unknown
    FROM (
        SELECT state, greatest(created_at, decided_at) AS wanted, greatest(created_at, decided_at, sending_at) AS since
        FROM cashouts WHERE ended_at IS NULL
    ) o
) c
