-- All that time has brought about and nobody has done yet: trades whose deadline has passed or comes near, questions that
-- were not answered in time, conversations that are over. The oldest first, at most `most` of each, without those put aside.
-- Whoever has an update in the inbox may have answered in time: that comes first. While nobody can act upon a trade, neither does the
-- clock. `owes_time`: an absence is over, and not all have its time back.
SELECT
    (SELECT coalesce(jsonb_agg(timer), '[]') FROM (
        SELECT id AS trade_id, trades_timer(state) AS kind, due_at
        FROM trades
        WHERE due_at <= :at AND id <> ALL (:trades_aside::bigint[]) AND (SELECT clock_away_since(:at) IS NULL)
        ORDER BY due_at
        LIMIT :most::int
    ) timer) AS timers,
    (SELECT coalesce(jsonb_agg(reminder), '[]') FROM (
        SELECT id AS trade_id, remind_at AS due_at
        FROM trades
        WHERE remind_at <= :at AND due_at > :at AND id <> ALL (:trades_aside::bigint[]) AND (SELECT clock_away_since(:at) IS NULL)
        ORDER BY remind_at
        LIMIT :most::int
    ) reminder) AS reminders,
    (SELECT coalesce(jsonb_agg(passed), '[]') FROM (
        SELECT user_id, id AS conversation, question, deadline
        FROM conversations c
        WHERE deadline <= :at AND user_id <> ALL (:users_aside::bigint[])
            AND NOT EXISTS (SELECT FROM inbox i WHERE i.user_id = c.user_id)
        ORDER BY deadline
        LIMIT :most::int
    ) passed) AS deadlines,
    (SELECT coalesce(jsonb_agg(user_id), '[]') FROM (
        SELECT user_id
        FROM conversations c
        WHERE updated_at <= :aged_at::timestamptz AND (deadline IS NULL OR deadline <= :aged_at::timestamptz)
            AND NOT EXISTS (SELECT FROM inbox i WHERE i.user_id = c.user_id)
        ORDER BY updated_at
        LIMIT :most::int
    ) aged) AS aged,
    EXISTS (SELECT FROM absences WHERE given_at IS NULL) AS owes_time
