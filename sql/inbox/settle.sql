-- Ends many users' turns at once: their updates leave the inbox, their journals are kept or deleted. Answers whether it did: not when
-- another service has the tenure, whose journals are newer. It cannot take it in between: see take_tenure; put does not wait for this.
-- A user is in `user_ids` or in `ended`, never in both: two writes of one row in one statement lose one.
WITH lost AS MATERIALIZED (
    SELECT holder <> :holder AS lost FROM poller WHERE bot_id = :bot_id FOR KEY SHARE
), ours AS MATERIALIZED (
    SELECT NOT coalesce(bool_or(lost), false) AS ours FROM lost
), gone AS (
    DELETE FROM inbox WHERE update_id = ANY (:update_ids::bigint[]) AND (SELECT ours FROM ours)
), over AS (
    DELETE FROM conversations WHERE user_id = ANY (:ended::bigint[]) AND (SELECT ours FROM ours)
), kept AS (
    INSERT INTO conversations (user_id, id, flow, args, entries, question, deadline, updated_at)
    SELECT user_id, id, flow, args::jsonb, entries::jsonb, question, deadline, :at
    FROM ours, unnest(
        :user_ids::bigint[], :ids::bigint[], :flows::text[], :args::text[], :entries::text[], :questions::int[], :deadlines::timestamptz[]
    ) AS journal (user_id, id, flow, args, entries, question, deadline)
    WHERE ours
    ON CONFLICT (user_id) DO UPDATE SET
        id = excluded.id, flow = excluded.flow, args = excluded.args, entries = excluded.entries,
        question = excluded.question, deadline = excluded.deadline, updated_at = excluded.updated_at
)
SELECT ours FROM ours
