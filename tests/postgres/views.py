"""What is asked of the big database by views."""

# ruff: noqa: E501 - queries, where a line is a thought

from __future__ import annotations

from typing import Final

from tests.postgres.cases import BUSIEST, SUPPORT, USUAL, Ask, ask, both, one, staff, trade

HALF = "(SELECT id FROM trades ORDER BY id OFFSET (SELECT count(*) / 2 FROM trades) LIMIT 1)"

VIEWS: Final = {
    "admin/alarms": staff("0 AS after"),
    "admin/books": staff("0 AS after", "1 AS after"),
    "admin/cashout": staff("(SELECT max(id) FROM cashouts) AS cashout_id", "(SELECT min(id) FROM cashouts) AS cashout_id"),
    "admin/cashouts": staff("'' AS state, 0 AS after", "'waiting' AS state, 0 AS after"),
    "admin/correction": staff("(SELECT max(id) FROM corrections) AS correction_id"),
    "admin/corrections": staff("'open' AS which, 0 AS after", "'ended' AS which, 0 AS after"),
    "admin/letter": staff("(SELECT max(update_id) FROM dead_letters) AS update_id"),
    "admin/letters": staff("0 AS after"),
    "admin/log": staff(
        "0 AS by, '' AS subject, 0 AS before",
        f"{SUPPORT} AS by, '' AS subject, 0 AS before",
        f"0 AS by, 'user {BUSIEST}' AS subject, 0 AS before",
        "0 AS by, 'trade 3' AS subject, 0 AS before",
        "0 AS by, 'trade 0' AS subject, 0 AS before",
        f"{USUAL} AS by, '' AS subject, 0 AS before",
    ),
    "admin/payment": staff("(SELECT max(id) FROM unapplied) AS unapplied_id"),
    "admin/payout_event": staff("(SELECT max(id) FROM payout_events WHERE cashout_id IS NOT NULL) AS event_id"),
    "admin/people": staff(
        "'user11' AS query, 0 AS after", "'@user113' AS query, 0 AS after", "'T-000100' AS query, 0 AS after",
        "'user300@example.com' AS query, 0 AS after", "'1000113' AS query, 0 AS after",
    ),
    "admin/person": staff("'@user113' AS handle", "'1000113' AS handle"),
    "admin/persons_money": staff(f"{USUAL} AS person, 0 AS before", f"{BUSIEST} AS person, 0 AS before"),
    "admin/persons_trades": staff(f"{USUAL} AS person, 0 AS before", f"{BUSIEST} AS person, 0 AS before"),
    "admin/profile": staff(f"{USUAL} AS person", f"{BUSIEST} AS person"),
    "admin/recipient": staff("(SELECT max(id) FROM unapplied) AS unapplied_id, '@user113' AS handle"),
    "admin/trade": staff("(SELECT max(id) FROM unapplied) AS unapplied_id, 'T-000100' AS slug"),
    "admin/transaction": staff(*(
        f"'{kind}' AS kind, (SELECT max(id) FROM {table}) AS id" for kind, table in (("t", "trades"), ("d", "provider_events"), ("x", "conversions")))),
    "admin/transactions": staff(*(
        f"'{kind}' AS kind, '{state}' AS state, {person} AS person, 0 AS trades, 0 AS cashouts, 0 AS deposits, 0 AS exchanges"
        for kind, state, person in (
            ("a", "", 0), ("a", "", BUSIEST), ("t", "underpaid", 0), ("t", "underpaid", BUSIEST), ("c", "waiting", 0), ("c", "", BUSIEST),
            ("d", "seen", 0), ("d", "unapplied", 0), ("d", "booked", 0), ("d", "unapplied", BUSIEST), ("x", "", 0), ("x", "", BUSIEST)))),
    "admin/unapplied": staff("0 AS after"),
    "admin/untold": staff("0 AS before"),
    "broadcasts/list": staff("0 AS before"),
    "broadcasts/view": staff("(SELECT max(id) FROM broadcasts) AS broadcast_id"),
    "cashout/list": both("0 AS before"),
    "cashout/page": ask(
        one("cashouts", "user_id, id AS cashout_id", f"user_id = {BUSIEST}"),
        one("cashouts", "user_id, id AS cashout_id", f"user_id > {BUSIEST}"),
    ),
    "chat/page": ask(
        *(one("trades", f"{side}_id AS user_id, id AS trade_id, 0 AS last", f"{side}_id = {BUSIEST} AND state = 'accepted'")
          for side in ("buyer", "seller")),
        "SELECT author_id AS user_id, trade_id, 1000 AS last FROM chat_messages WHERE n = 2000 AND role <> 'admin'",
    ),
    "chat/replied": Ask(
        (one("trades", "buyer_id AS user_id, -8 AS message_id, id AS trade_id", "state = 'accepted'"),),
        """INSERT INTO outbox (user_id, kind, data, dedup, created_at, due_at, message_id) VALUES
            ({user_id}, 'chat_message', jsonb_build_object('trade_id', {trade_id}), 'said', {at}, {at}, -8)""",
    ),
    "console/account": staff(
        "(SELECT id FROM accounts WHERE kind = 'held' AND currency = 'USDT') AS account_id, 0 AS before",
        f"(SELECT id FROM accounts WHERE owner = {BUSIEST} AND kind = 'available' AND currency = 'USDT') AS account_id, 0 AS before",
        """(SELECT id FROM accounts WHERE kind = 'held' AND currency = 'USDT') AS account_id,
            (SELECT max(id) / 2 FROM postings) AS before""",
    ),
    "console/corrections": staff("0 AS ended, 0 AS after", "1 AS ended, 0 AS after"),
    "console/dead_letters": staff("0 AS before"),
    "console/log": staff("0 AS by, 0 AS before", f"{SUPPORT} AS by, 0 AS before", f"{USUAL} AS by, 0 AS before"),
    "console/notices": staff("0 AS before"),
    "console/ticket": staff("(SELECT max(id) FROM tickets) AS ticket_id, 0 AS before", "(SELECT max(id) FROM tickets) AS ticket_id, 2 AS before"),
    "console/tickets": staff("0 AS closed, 0 AS after", "1 AS closed, 0 AS after", "1 AS closed, (SELECT max(id) / 2 FROM tickets) AS after"),
    "console/trade": staff(
        "(SELECT max(id) FROM trades) AS trade_id", "(SELECT trade_id FROM chat_messages WHERE n = 2000) AS trade_id"
    ),
    "console/trades": staff(
        "'' AS q, '' AS state, 0 AS before", "'' AS q, 'underpaid' AS state, 0 AS before", "'@user1' AS q, '' AS state, 0 AS before",
        "'@user1' AS q, 'underpaid' AS state, 0 AS before", f"'' AS q, 'released' AS state, {HALF} AS before",
        "'T-000100' AS q, '' AS state, 0 AS before",
    ),
    "console/transfer": staff("(SELECT max(id) FROM transfers) AS transfer_id"),
    "console/user": staff(f"{USUAL} AS person_id", f"{BUSIEST} AS person_id"),
    "console/users": staff("'' AS q, 0 AS before", "'@user113' AS q, 0 AS before", "'user300@example.com' AS q, 0 AS before"),
    "deposits/info": both("'USDT' AS currency, 'TRC20' AS network"),
    "disputes/case": ask(one("disputes", f"{SUPPORT} AS user_id, trade_id", "resolved_at IS NULL")),
    "disputes/queue": ask(
        f"SELECT {SUPPORT} AS user_id, 0 AS ended, 0 AS after", f"SELECT {SUPPORT} AS user_id, 1 AS ended, 0 AS after"
    ),
    "disputes/start": trade("accepted"),
    "exchange/list": both("0 AS before"),
    "groups/list": both("0 AS before"),
    "history/receipt": ask(*(
        f"SELECT {person} AS user_id, (SELECT max(p.id) FROM postings p JOIN accounts a ON a.id = p.account_id WHERE a.owner = {person}) AS posting"
        for person in (USUAL, BUSIEST)
    )),
    "history/view": ask(*(
        f"SELECT {person} AS user_id, 0 AS before, '{kind}' AS kind, '{code}' AS currency"
        for person in (USUAL, BUSIEST) for kind in ("all", "exchange", "fees") for code in ("all", "USDT")
    )),
    "onboarding/awaited": ask(one("invitations", f"{USUAL} AS user_id, token"), f"SELECT {USUAL} AS user_id, 'no-such-token' AS token"),
    "ratings/list": both("'u1' AS slug, 0 AS before"),
    "ratings/profile": both("'u1' AS slug, '' AS username"),
    "ratings/trade": trade("released"),
    "referrals/list": both("0 AS before"),
    "support/of_person": staff(f"{USUAL} AS person_id, 0 AS before", f"{BUSIEST} AS person_id, 0 AS before"),
    "support/page": both("0 AS last"),
    "support/queue": staff("0 AS answered, 0 AS since, 0 AS after", "1 AS answered, 0 AS since, 0 AS after"),
    "support/replied": Ask(
        (one("tickets", "user_id, -7 AS message_id, id AS ticket_id"),),
        """INSERT INTO outbox (user_id, kind, data, dedup, created_at, due_at, message_id) VALUES
            ({user_id}, 'ticket_answer', jsonb_build_object('ticket_id', {ticket_id}), 'replied', {at}, {at}, -7)""",
    ),
    "support/ticket": staff("(SELECT max(id) FROM tickets) AS ticket_id, 0 AS last"),
    "trades/invitation": ask(one("invitations", f"{USUAL} AS user_id, token", "user_id IS NULL")),
    "trades/list": both("0 AS before"),
    "trades/page": ask(*(case for state in ("released", "accepted", "disputed") for case in trade(state).cases)),
    "trades/payment": ask(*(case for state in ("awaiting_payment", "underpaid") for case in trade(state).cases)),
}  # fmt: skip
