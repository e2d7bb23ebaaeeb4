-- What the payouts' runner has to do by now: cash-outs to send, the oldest first, and those to ask their provider about.
-- What waits is found by its time: there may be thousands that wait for an operator, and this is asked at each change.
SELECT
    (SELECT coalesce(jsonb_agg(cashout_answer(c)), '[]') FROM (
        (SELECT * FROM cashouts WHERE state = 'requested' AND ended_at IS NULL AND id <> ALL (:aside::bigint[])
         ORDER BY id LIMIT :most::int)
        UNION ALL
        (SELECT * FROM cashouts WHERE ask_at <= :at AND state = 'waiting' AND id <> ALL (:aside::bigint[])
         ORDER BY ask_at LIMIT :most::int)
        LIMIT :most::int
    ) c) AS to_send,
    (SELECT coalesce(jsonb_agg(cashout_answer(c)), '[]') FROM (
        SELECT * FROM cashouts
        WHERE ask_at <= :at AND state IN ('sending', 'unknown', 'sent') AND id <> ALL (:aside::bigint[])
        ORDER BY ask_at LIMIT :most::int
    ) c) AS to_ask
