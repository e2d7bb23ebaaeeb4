-- Whether a payment should have been verified by now: it was seen, so much of it or more, by a time, or is known to be verified.
SELECT coalesce(bool_or(NOT pending OR at <= :seen_by::timestamptz), false) AS overdue FROM provider_events
WHERE payin_id = :payin_id::bigint AND provider = :provider AND event_id = :event_id AND currency = :currency
    AND amount >= :value::numeric
