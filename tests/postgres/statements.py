"""What is asked of the big database by the statements that are neither views nor operations."""

# ruff: noqa: E501 - queries, where a line is a thought

from __future__ import annotations

from typing import Final

from tests.postgres.cases import AT, BUSIEST, OWNER, PERSON, USUAL, Ask, ask, both, one

BUSY: Final = "(SELECT array_agg(n) FROM generate_series(1000001, 1000050) n)"
NOW: Final = f"{AT} - interval '7 days'"
STATEMENTS: Final = {
    "actors/load": ask(*PERSON),
    "actors/meet": both("'user113' AS username, 'Ann' AS first_name, 'en' AS language"),
    "actors/reach": both("true AS blocked"),
    "admin/maintenance": ask("SELECT 1 AS one"),
    "admin/roles": ask("SELECT 1 AS one"),
    "admin/staff": ask(f"SELECT ARRAY[{OWNER}]::bigint[] AS user_ids"),
    "admin/export_lines": Ask(
        tuple(f"SELECT -1 AS order_id, {after} AS after, 500 AS most, '{what}' AS what, {{}} AS last" .format(last)
              for what, last in (("trades", "(SELECT max(id) FROM trades)"), ("cashouts", "(SELECT max(id) FROM cashouts)"),
                                 ("actions", "(SELECT max(id) FROM admin_actions)"))
              for after in (0, "(SELECT max(id) / 2 FROM trades)")),
        """INSERT INTO file_orders (id, user_id, kind, format, about, asked_at, due_at) OVERRIDING SYSTEM VALUE
            SELECT -1, 1000002, 'export', 'csv', jsonb_build_object('what', '{what}', 'first', 1, 'last', {last}), {at}, {at}"""),
    "broadcasts/advance": ask("""SELECT id AS broadcast_id, at_user AS from_user, at_user + 1 AS to_user, 1 AS sent, 0 AS blocked, 0 AS failed,
        0 AS muted, 1 AS unknown, ARRAY[1000500]::bigint[] AS later, ARRAY[now()] AS due, false AS is_over FROM broadcasts WHERE state = 'running'"""),
    "broadcasts/next": ask("SELECT 1 AS one"),
    "broadcasts/page": ask("SELECT id AS broadcast_id, 1000500 AS after, 100 AS most FROM broadcasts WHERE state = 'running'"),
    "cashout/asked": ask(one("cashouts", f"id AS cashout_id, {AT} AS since, true AS answered", "state = 'sent'")),
    "cashout/due": ask("""SELECT '{}'::bigint[] AS aside, ARRAY['blockbee', 'kraken', ''] AS lines, ARRAY[20, 0, 20] AS send_rooms,
        ARRAY[20, 0, 20] AS ask_rooms,
        ARRAY['blockbee', 'kraken', 'USDT.TRC20'] AS routes, ARRAY['blockbee', 'kraken', 'blockbee'] AS payers"""),
    "cashout/keep": ask(one("cashouts", "id AS cashout_id, 'new' AS external_id", "state = 'sent'")),
    "cashout/routes": ask("SELECT ARRAY['USDT'] AS currencies, ARRAY['TRC20'] AS networks"),
    "cashout/stuck": ask(f"SELECT {AT} - interval '1 hour' AS since"),
    "clock/balance": ask("SELECT 'blockbee' AS provider, 'USDT' AS currency, 'TRC20' AS network, 5 AS amount, 10 AS low"),
    "clock/beat": ask("SELECT 1 AS one"),
    "clock/give_back": ask(
        "SELECT 1 AS one", before="INSERT INTO absences (since, until, planned) VALUES ({at} - interval '1 hour', {at}, false)"
    ),
    "clock/figures": ask("SELECT 1 AS one"),
    "clock/oldest": ask("SELECT 1 AS one"),
    "clock/due": ask(f"SELECT {AT} - interval '24 hours' AS aged_at, '{{}}'::bigint[] AS trades_aside, '{{}}'::bigint[] AS users_aside, 100 AS most"),
    "clock/forget": ask(f"SELECT {BUSY} AS user_ids, {AT} - interval '24 hours' AS aged_at"),
    "console/end_audit": ask("SELECT 1 AS run_id, '{}' AS report, NULL AS problem"),
    "console/enter": ask("SELECT decode(md5('link1'), 'hex') AS link, 'x'::bytea AS session, 'y' AS csrf, 'z'::bytea AS before"),
    "console/leave": ask(f"SELECT {OWNER} AS user_id"),
    "console/roll": ask("SELECT 1 AS one"),
    "console/session": ask("SELECT decode(md5('session1'), 'hex') AS hash, true AS touches"),
    "disputes/waiting": ask(f"SELECT {AT} - interval '24 hours' AS since"),
    "files/due": ask("SELECT 1 AS one"),
    "files/end": ask(one("file_orders", "id AS order_id, NULL AS problem")),
    "files/postpone": ask(one("file_orders", f"id AS order_id, {AT} AS due_at, 'later' AS problem")),
    "groups/find": ask(one("groups", "slug")),
    "groups/leave": ask(one("groups", "id AS group_id")),
    "groups/news": ask("SELECT '{}'::bigint[] AS busy, 16 AS most"),
    "groups/spread": ask("SELECT 10 AS most"),
    "groups/told": ask(one("group_news", f"group_id, id AS last, {AT} + interval '1 minute' AS next_at")),
    "history/lines": Ask((
        f"SELECT -1 AS order_id, 0 AS after, 500 AS most, {BUSIEST} AS person",
        f"SELECT -1 AS order_id, (SELECT max(id) / 2 FROM postings) AS after, 500 AS most, {BUSIEST} AS person"),
        """INSERT INTO file_orders (id, user_id, kind, format, about, asked_at, due_at) OVERRIDING SYSTEM VALUE
            SELECT -1, {person}, 'statement', 'csv', history_spans({person}, 'all', {at} - interval '400 days', {at}, 50000), {at}, {at}"""),
    "inbox/again": ask(*PERSON),
    "inbox/bury": ask(f"SELECT 7 AS bot_id, '' AS holder, -1 AS update_id, {USUAL} AS user_id, '{{}}'::bytea AS body, 'no' AS error, true AS ends"),
    "inbox/holder": ask("SELECT 7 AS bot_id"),
    "inbox/put": ask(f"SELECT 7 AS bot_id, '' AS holder, 9 AS next_offset, ARRAY[8]::bigint[] AS update_ids, ARRAY[{USUAL}]::bigint[] AS user_ids, ARRAY['{{}}'::bytea] AS bodies"),
    "inbox/reach": ask("SELECT 7 AS bot_id"),
    "inbox/retried": ask("SELECT 1 AS one"),
    "inbox/settle": ask(f"""SELECT 7 AS bot_id, '' AS holder, ARRAY[8]::bigint[] AS update_ids, ARRAY[{BUSIEST}]::bigint[] AS ended, ARRAY[{USUAL}]::bigint[] AS user_ids,
        ARRAY[8]::bigint[] AS ids, ARRAY['menu'] AS flows, ARRAY['[]'] AS args, ARRAY['[]'] AS entries, ARRAY[1]::int[] AS questions,
        ARRAY[{AT}] AS deadlines"""),
    "inbox/take": both("ARRAY(SELECT * FROM generate_series(1, 500))::bigint[] AS update_ids"),
    "inbox/take_tenure": ask("SELECT 7 AS bot_id, 'me' AS holder"),
    "inbox/unsettled": ask("SELECT 0 AS after, 100 AS most"),
    "ledger/snapshot": ask("SELECT 1 AS one"),
    "outbox/due": ask(*(
        f"SELECT '{{}}'::text[] AS busy, {chats} AS chats, true AS mails, 100 AS most, {again} AS chats_again, true AS mails_again"
        for chats, again in (("true", "true"), ("false", "true"), ("true", "false")))),
    "outbox/failed": ask(one("outbox", f"id, {AT} AS due_at, 'away' AS error", "sent_at IS NULL")),
    "outbox/forget": ask(f"SELECT {AT} - interval '300 days' AS before, 1000 AS most"),
    "outbox/hold": ask(one("outbox", f"id, {AT} AS due_at", "sent_at IS NULL")),
    "outbox/unknown": ask(one("outbox", "id, 'no whole answer in time' AS error", "sent_at IS NULL")),
    "outbox/sent": ask("""SELECT array_agg(id) AS ids, array_agg('telegram'::text) AS sent_by, array_agg(NULL::text) AS errors, array_agg(id) AS message_ids
        FROM (SELECT id FROM outbox WHERE sent_at IS NULL LIMIT 30) o"""),
    "ratings/page": ask("SELECT 'u1' AS slug", "SELECT 'u113' AS slug"),
    "reconciliation/answered": ask("SELECT 'blockbee' AS provider, false AS is_away"),
    "reconciliation/asked": ask(one("payins", f"id AS payin_id, ARRAY['USDT'] AS currencies, ARRAY[1]::numeric[] AS told, {AT} AS settled_by")),
    "reconciliation/asked_providers": ask("SELECT ARRAY['blockbee', 'fincra'] AS providers"),
    "reconciliation/due": ask("SELECT 'blockbee' AS provider, 50 AS most"),
    "reconciliation/known": ask("SELECT (SELECT array_agg(key) FROM (SELECT key FROM requests LIMIT 50) r) AS keys"),
    "reconciliation/overdue": ask(one("provider_events", f"payin_id, provider, event_id, currency, amount AS value, {AT} AS seen_by", "payin_id IS NOT NULL")),
    "reconciliation/postpone": ask(one("payins", f"id AS payin_id, {AT} + interval '1 hour' AS again_at, true AS as_answered")),
    "wallet/save_rates": ask(f"SELECT 'seed' AS source, 'BTC' AS base, 'USD' AS quote, 90001 AS price, {AT} AS at"),
    "web/waiting": ask("SELECT ARRAY[1000500]::bigint[] AS held"),
}  # fmt: skip
