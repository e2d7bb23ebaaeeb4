-- Since when the oldest update waits to be handled, and the oldest notice to be told. Not of `held` people: their updates are handled,
-- and the answers wait for their chats; nor behind a notice that is put off: whoever hears both hears them in order.
SELECT
    (SELECT received_at FROM inbox WHERE user_id <> ALL (:held::bigint[]) ORDER BY update_id LIMIT 1) AS inbox_since,
    (SELECT o.due_at FROM outbox o
        WHERE o.sent_at IS NULL AND o.due_at <= :at AND NOT EXISTS (
            SELECT FROM outbox earlier
            WHERE earlier.sent_at IS NULL AND earlier.attempts > 0 AND earlier.due_at > :at AND earlier.id < o.id
                AND coalesce(earlier.address, earlier.user_id::text) = coalesce(o.address, o.user_id::text))
        ORDER BY o.due_at LIMIT 1) AS outbox_since
