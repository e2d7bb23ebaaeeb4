-- What a person has, and what waits for them.
-- OFFSET 0: what is counted in several ways is looked up once.
SELECT
    u.first_name,
    u.onboarded_at IS NOT NULL AS onboarded,
    to_jsonb(w) AS wallet,
    busy.turns::int AS turns, busy.proposals::int AS proposals, busy.disputes::int AS disputes,
    (busy.chats + deals.chats)::int AS chats, (busy.waiting + deals.chats)::int AS waiting,
    deals.unrated::int AS unrated, deals.rate_next,
    (SELECT count(*) FROM onboarding_waiting(u.id))::int AS invitations,
    (SELECT coalesce(sum(unread), 0) FROM tickets WHERE user_id = u.id AND unread > 0)::int AS answers,
    (SELECT menu_duties(role, :at) FROM staff WHERE user_id = u.id) AS duties
FROM users u,
LATERAL (SELECT balances, total_usd::text, rates_at FROM wallet_summary(u.id, :at)) w,
LATERAL (
    SELECT count(*) FILTER (WHERE turn) AS turns, count(*) FILTER (WHERE asked) AS proposals,
        count(*) FILTER (WHERE chat) AS chats, count(*) FILTER (WHERE turn OR asked OR chat) AS waiting,
        count(*) FILTER (WHERE disputed) AS disputes
    FROM (
        SELECT trades_turn(state) = 'buyer' AS turn, proposed_by <> u.id AS asked, state = 'disputed' AS disputed,
            menu_unread(id, u.id) AS chat
        FROM trades WHERE buyer_id = u.id AND ended_at IS NULL
        UNION ALL
        SELECT trades_turn(state) = 'seller', proposed_by <> u.id, state = 'disputed', menu_unread(id, u.id)
        FROM trades WHERE seller_id = u.id AND ended_at IS NULL OFFSET 0
    ) mine) busy,
LATERAL (
    SELECT count(*) FILTER (WHERE unrated) AS unrated, max(id) FILTER (WHERE unrated) AS rate_next,
        count(*) FILTER (WHERE ended_at > :at::timestamptz - interval '30 days' AND menu_unread(id, u.id)) AS chats
    FROM (
        SELECT id, ended_at, NOT EXISTS (SELECT FROM ratings r WHERE r.trade_id = deal.id AND r.rater_id = u.id) AS unrated
        FROM menu_deals(u.id, :at) deal OFFSET 0
    ) ended) deals
WHERE u.id = :user_id
