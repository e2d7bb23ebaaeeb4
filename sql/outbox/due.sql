-- Notices that can be told now, the oldest first, with who hears them and how to speak with them. What is paused is due at no time.
-- What was written, or put off, ahead of a clock that has leapt back is due as well: when it is tried, it is put off by what the clock says.
-- Each recipient hears them in order: behind one that waits for another try, the later ones wait too. Those of `busy`
-- recipients are being told already. Without `chats_again` and `mails_again` none that was tried before, nor what waits behind one.
-- What goes to an address and names a `user_id` is for that person: it speaks their language.
-- Without `mails` none that goes by e-mail first: to an address, or to whoever is out of Telegram's reach and has a proven one; without
-- `chats` no other.
-- `role` is what they have now: what was written for the staff is not told to whoever is none of it any more.
-- `edits`: the message that shows the progress so far. Not of whoever seems to have blocked the bot: that an edit goes through
-- does not say that they can be reached.
SELECT
    o.id, o.user_id, o.address, coalesce(o.address, o.user_id::text) AS recipient, o.kind, o.data, o.created_at, o.attempts,
    coalesce(u.language, 'en') AS language, coalesce(u.time_zone, 'UTC') AS time_zone,
    CASE WHEN u.email_verified_at IS NOT NULL THEN u.email END AS email,
    u.unreachable_at IS NOT NULL AS unreachable, way.by_mail, u.closed_at IS NOT NULL AS closed, coalesce(u.muted, '{}') AS muted,
    s.role, u.quiet_from, u.quiet_until, o.due_at > o.created_at AS has_waited, o.subject,
    CASE WHEN o.subject IS NOT NULL AND u.unreachable_at IS NULL THEN (
        SELECT shown.message_id FROM outbox shown
        WHERE shown.user_id = o.user_id AND shown.subject = o.subject AND shown.message_id IS NOT NULL
        ORDER BY shown.id DESC LIMIT 1) END AS edits
FROM outbox o
LEFT JOIN users u ON u.id = coalesce(o.user_id, (o.data ->> 'user_id')::bigint)
LEFT JOIN staff s ON s.user_id = o.user_id
CROSS JOIN LATERAL (
    SELECT o.address IS NOT NULL OR u.unreachable_at IS NOT NULL AND u.email_verified_at IS NOT NULL AS by_mail) way
CROSS JOIN LATERAL (SELECT CASE WHEN way.by_mail THEN :mails_again::boolean ELSE :chats_again::boolean END AS again) room
WHERE o.sent_at IS NULL AND (o.due_at <= :at OR o.due_at IS NOT NULL AND coalesce(o.planned_at, o.created_at) > :at)
    AND coalesce(o.address, o.user_id::text) <> ALL (:busy::text[])
    AND CASE WHEN way.by_mail THEN :mails::boolean ELSE :chats::boolean END AND (o.attempts = 0 OR room.again)
    AND NOT EXISTS (
        SELECT FROM outbox earlier
        WHERE earlier.sent_at IS NULL AND earlier.attempts > 0 AND earlier.id < o.id AND earlier.due_at IS NOT NULL
            AND (NOT room.again OR earlier.due_at > :at AND coalesce(earlier.planned_at, earlier.created_at) <= :at)
            AND coalesce(earlier.address, earlier.user_id::text) = coalesce(o.address, o.user_id::text))
ORDER BY o.id
LIMIT :most::int
