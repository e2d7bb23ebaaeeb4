-- What the database alone knows of how the house is, for the staff; no row for anybody else.
SELECT
    coalesce((SELECT jsonb_agg(jsonb_build_object('provider', provider, 'answered_at', answered_at, 'away_since', away_since) ORDER BY provider)
        FROM provider_answers), '[]') AS providers,
    (SELECT count(*) FROM inbox)::int AS inbox, (SELECT min(received_at) FROM inbox) AS inbox_since,
    (SELECT count(*) FROM outbox WHERE sent_at IS NULL)::int AS outbox, (SELECT min(due_at) FROM outbox WHERE sent_at IS NULL) AS outbox_since,
    (SELECT count(*) FROM dead_letters)::int AS dead_letters,
    (SELECT count(*) FROM outbox WHERE sent_by = 'nobody')::int AS untold,
    (SELECT count(*) FROM admin_sessions WHERE ended_at IS NULL AND expires_at > :at AND seen_at > :at::timestamptz - interval '30 minutes')::int
        AS sessions
FROM staff
WHERE staff.user_id = :user_id
