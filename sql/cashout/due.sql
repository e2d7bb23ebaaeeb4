-- What the payouts' runner has to do by now: cash-outs to send, the oldest first, and those to ask their provider about.
SELECT
    (SELECT coalesce(jsonb_agg(cashout_answer(c)), '[]') FROM (
        SELECT * FROM cashouts
        WHERE (state = 'requested' OR state = 'waiting' AND ask_at <= :at) AND id <> ALL (:aside::bigint[])
        ORDER BY id LIMIT :most::int
    ) c) AS to_send,
    (SELECT coalesce(jsonb_agg(cashout_answer(c)), '[]') FROM (
        SELECT * FROM cashouts
        WHERE ask_at <= :at AND state IN ('sending', 'unknown', 'sent') AND id <> ALL (:aside::bigint[])
        ORDER BY ask_at LIMIT :most::int
    ) c) AS to_ask
