-- What the payouts' runner has to do by now: cash-outs to send, the oldest first, and those to ask their provider about; of each
-- line as many as it has room for, so that nobody is kept waiting by whoever waits in another.
-- What waits is found by its time: there may be thousands that wait for an operator, and this is asked at each change.
WITH lines AS (
    SELECT * FROM unnest(:lines::text[], :send_rooms::int[], :ask_rooms::int[]) line (name, send_room, ask_room)
), open AS NOT MATERIALIZED (
    SELECT c AS cashout, c.id, c.state, c.ask_at, c.ended_at, coalesce((:payers::text[])[
        array_position(:routes::text[], coalesce(nullif(c.provider, 'manual'), c.currency || '.' || c.network))], '') AS line
    FROM cashouts c WHERE c.id <> ALL (:aside::bigint[])
)
SELECT
    (SELECT coalesce(jsonb_agg(cashout_answer(found.cashout)), '[]') FROM lines, LATERAL (
        (SELECT cashout FROM open WHERE state = 'requested' AND ended_at IS NULL AND line = lines.name
         ORDER BY id LIMIT lines.send_room)
        UNION ALL
        (SELECT cashout FROM open WHERE ask_at <= :at AND state = 'waiting' AND line = lines.name
         ORDER BY ask_at LIMIT lines.send_room)
        LIMIT lines.send_room
    ) found) AS to_send,
    (SELECT coalesce(jsonb_agg(cashout_answer(found.cashout)), '[]') FROM lines, LATERAL (
        SELECT cashout FROM open
        WHERE ask_at <= :at AND state IN ('sending', 'unknown', 'sent') AND line = lines.name
        ORDER BY ask_at LIMIT lines.ask_room
    ) found) AS to_ask
