-- Ends many users' turns at once: their updates leave the inbox, their journals are kept or deleted.
-- A user is in `user_ids` or in `ended`, never in both: two writes of one row in one statement lose one.
WITH gone AS (
    DELETE FROM inbox WHERE update_id = ANY (:update_ids::bigint[])
), over AS (
    DELETE FROM conversations WHERE user_id = ANY (:ended::bigint[])
)
INSERT INTO conversations (user_id, id, flow, args, entries, question, deadline, updated_at)
SELECT user_id, id, flow, args::jsonb, entries::jsonb, question, deadline, :at
FROM unnest(
    :user_ids::bigint[], :ids::bigint[], :flows::text[], :args::text[], :entries::text[], :questions::int[], :deadlines::timestamptz[]
) AS journal (user_id, id, flow, args, entries, question, deadline)
ON CONFLICT (user_id) DO UPDATE SET
    id = excluded.id, flow = excluded.flow, args = excluded.args, entries = excluded.entries,
    question = excluded.question, deadline = excluded.deadline, updated_at = excluded.updated_at
