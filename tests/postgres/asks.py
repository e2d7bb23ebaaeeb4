"""What is asked of the big database: for each file of sql/ that wants values, queries whose row holds them, by name.

Each query makes one case: the first a usual one, others the busiest person, the last page, a rare state.
"""

# ruff: noqa: E501 - queries, where a line is a thought

from __future__ import annotations

from typing import Final

from attrs import frozen

AT: Final = "timestamptz '2026-11-22 12:00:00Z'"
USUAL, BUSIEST, OWNER, SUPPORT, FINANCE = 1000113, 1000001, 1000002, 1000003, 1000004
STAFF: Final = ("admin/", "console/", "broadcasts/", "disputes/queue", "support/queue")

PERSON: Final = (f"SELECT {USUAL} AS user_id", f"SELECT {BUSIEST} AS user_id")
STAFF_PERSON: Final = (f"SELECT {OWNER} AS user_id",)
CODE: Final = """
INSERT INTO verifications (user_id, purpose, email, nonce, hash, sent_at, expires_at)
VALUES ({user_id}, '%s', '%s', 'nonce', sha256('a secret of tests' || 'nonce123456'::bytea), {at} - interval '1 minute', {at} + interval '9 minutes')
"""
MONEY: Final = """
SELECT ledger_transfer('money.' || currency, 'opening', NULL, 'seed', ARRAY[
    ('equity', NULL, currency, -1000000), ('available', {user_id}, currency, 1000000)]::ledger_line[], {at})
FROM unnest(ARRAY['USDT', 'BTC']) currency
"""
FREELY: Final = (
    "; UPDATE terms SET cashout_unverified_daily_usd = 0, cashout_daily_count = 0, exchange_position_usd = 1e9"
)

ALONE: Final = "UPDATE terms SET credit_second_usd = 0"


@frozen
class Ask:
    """`cases` as above. `before` is done in the same transaction first, with the case's values."""

    cases: tuple[str, ...]
    before: str = ""


def ask(*cases: str, before: str = "") -> Ask:
    return Ask(cases, before)


def both(more: str) -> Ask:
    """Of a usual person and of the busiest."""
    return Ask(tuple(f"{person}, {more}" for person in PERSON))


def staff(more: str, *others: str) -> Ask:
    """Of an owner."""
    return Ask(tuple(f"SELECT {OWNER} AS user_id, {each}" for each in (more, *others)))


def trade(state: str, side: str = "buyer", more: str = "", before: str = "", where: str = "true") -> Ask:
    """Of a side of a trade in a state: somebody's, and of the busiest person if there is one."""
    query = f"""
        SELECT {side}_id AS user_id, id AS trade_id {more} FROM trades t
        WHERE state = '{state}' AND seller_id IS NOT NULL AND coalesce(due_at, 'infinity') > {AT} + interval '5 minutes' AND {where}
            AND NOT EXISTS (SELECT FROM users WHERE id IN (t.buyer_id, t.seller_id) AND blocked_at IS NOT NULL)
        ORDER BY {side}_id %s {BUSIEST}, id DESC LIMIT 1"""
    return Ask((query % "=", query % "<>"), before)


def one(table: str, columns: str, where: str = "true") -> str:
    return f"SELECT {columns} FROM {table} WHERE {where} ORDER BY 1 DESC LIMIT 1"


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

OPERATIONS: Final = {
    "admin/ask_export": staff(*(
        f"'{what}' AS what, {BUSIEST} AS person, 'month' AS period, {AT} - interval '31 days' AS from_at, {AT} AS until_at"
        for what in ("trades", "cashouts", "actions", "movements"))),
    "admin/attach_unapplied": ask(
        f"""SELECT {OWNER} AS user_id, x.id AS unapplied_id, x.amount, t.id AS trade_id, admin_worth(t, e, x.amount, {AT}) AS worth,
            'Theirs' AS note
        FROM unapplied x JOIN provider_events e ON e.id = x.event_id, trades t
        WHERE x.ended_as IS NULL AND t.state = 'awaiting_payment' AND t.currency = 'USDT' ORDER BY x.id, t.id DESC LIMIT 1""",
        before=ALONE,
    ),
    "admin/block": staff(f"{USUAL} AS person, true AS block, 'Fraud' AS why"),
    "admin/credit_unapplied": ask(
        one("unapplied", f"{OWNER} AS user_id, id AS unapplied_id, amount, {USUAL} AS receiver, 'Theirs' AS note", "ended_as IS NULL"),
        before=ALONE,
    ),
    "admin/decide": ask(
        one("corrections", f"{OWNER} AS user_id, id AS correction_id, amount, true AS approve, 'Right' AS why",
            f"state = 'proposed' AND expires_at > {AT} AND user_id <> {OWNER}")
    ),
    "admin/end_alarm": staff("(SELECT event_id FROM payout_alarms WHERE ended_at IS NULL LIMIT 1) AS alarm_id, 'Looked' AS note"),
    "admin/end_letter": staff(
        """(SELECT update_id FROM dead_letters d WHERE NOT EXISTS (SELECT FROM conversations c WHERE c.user_id = d.user_id) LIMIT 1)
            AS update_id, true AS retry, '' AS why"""
    ),
    "admin/propose": ask(
        f"""SELECT {FINANCE} AS user_id, {USUAL} AS person, NULL::bigint AS event_id, 'USDT' AS currency, 5 AS amount, 'Ours' AS why,
            NULL::bigint AS unapplied_id""",
        one("unapplied", f"""{FINANCE} AS user_id, {USUAL} AS person, NULL::bigint AS event_id, 'USDT' AS currency, amount, 'Theirs' AS why,
            id AS unapplied_id""", "ended_as IS NULL"),
    ),
    "admin/refund_unapplied": ask(
        one("unapplied", f"{OWNER} AS user_id, id AS unapplied_id, amount, 'Back' AS note", "ended_as IS NULL")
    ),
    "admin/retell": staff("(SELECT id FROM outbox WHERE sent_by = 'nobody' LIMIT 1) AS notice_id"),
    "admin/set_fee": staff(
        """'USDT' AS currency, 'TRC20' AS network, (SELECT fee FROM payout_fees WHERE currency = 'USDT' AND network = 'TRC20') AS expected,
            (SELECT least FROM payout_fees WHERE currency = 'USDT' AND network = 'TRC20') AS expected_least, 2 AS fee, 9 AS least, 'Dearer' AS why"""
    ),
    "admin/set_maintenance": staff("'Back soon' AS message, 'A move' AS why"),
    "admin/set_role": staff(f"{USUAL} AS person, NULL AS expected, 'support' AS role, 'Helps' AS why"),
    "admin/set_term": staff("'trades_a_day' AS name, (SELECT trades_a_day::text FROM terms) AS expected, '12' AS value, 'More' AS why"),
    "broadcasts/steer": staff(*(f"(SELECT id FROM broadcasts WHERE state = 'running') AS broadcast_id, '{move}' AS move" for move in ("pause", "cancel"))),
    "cashout/cancel": ask(one("cashouts", "user_id, id AS cashout_id", "state = 'requested'")),
    "cashout/decide": ask(
        *(one("cashouts", f"{OWNER} AS user_id, id AS cashout_id, state AS expected, '{how}' AS decision, 'tx-hand' AS txid, '' AS note",
              f"state = '{state}'")
          for how, state in (("approve", "awaiting_approval"), ("decline", "awaiting_approval"), ("paid", "waiting"))),
    ),
    "cashout/hear": ask(
        *(one("cashouts", f"reference, provider, '{how}' AS outcome, external_id, 'tx-new' AS txid, '{{}}'::bytea AS body, '{{}}' AS headers",
              "state = 'sent'") for how in ("done", "failed")),
    ),
    "cashout/request": Ask(
        tuple(f"""SELECT {person} AS user_id, 'USDT' AS currency, 'TRC20' AS network, 20 AS amount, 19 AS net, 'Tsomewhere' AS address,
            '' AS bank_code, '' AS bank_name, '' AS account_name, 'Mine' AS label, '' AS code, {AT} AS at""" for person in (USUAL, BUSIEST)),
        MONEY + FREELY),
    "cashout/send": ask(one("cashouts", "id AS cashout_id, 'blockbee' AS provider", "state = 'requested'")),
    "cashout/settle": ask(
        *(one("cashouts", f"reference, provider, '{how}' AS outcome, external_id, 'tx-new' AS txid, NULL AS problem, '{{}}'::bytea AS body, '{{}}' AS headers",
              "state = 'sent'") for how in ("done", "failed")),
    ),
    "cashout/tell_stuck": ask(one("cashouts", "id AS cashout_id", "state = 'sent'")),
    "chat/say": Ask((*trade("accepted", more=", 'text' AS kind, 'Hello' AS text, '' AS file_id").cases,
                     "SELECT author_id AS user_id, trade_id, 'text' AS kind, 'Hello' AS text, '' AS file_id FROM chat_messages WHERE n = 2000")),
    "chat/see": trade("accepted", more=", 1 AS newest"),
    "clock/tell_audit": ask("SELECT 3 AS differences, 'hold' AS kinds, 'trade 7' AS first"),
    "codes/send": both("'email' AS purpose, 'new@example.com' AS email, NULL AS outgoing"),
    "console/begin_audit": staff("1 AS one"),
    "console/open": staff("1 AS one"),
    "contacts/add": ask(
        f"""SELECT {USUAL} AS user_id, 'Mine' AS label, 'USDT' AS currency, 'TRC20' AS network, 'Tnew' AS address, '' AS bank_code,
            '' AS bank_name, '' AS account_name"""
    ),
    "contacts/forget_extra": ask(one("extra_contacts", "user_id, id AS extra_id")),
    "contacts/prove_email": Ask((f"SELECT {USUAL} AS user_id, 'third@example.com' AS email, '123456' AS code",), CODE % ("contact", "third@example.com")),
    "contacts/remove": ask(one("destinations", "user_id, id AS destination_id", f"user_id = {BUSIEST}")),
    "contacts/rename": ask(one("destinations", "user_id, id AS destination_id, 'Other' AS label", f"user_id = {BUSIEST}")),
    "deposits/apply": ask(
        *(one("payins", f"""provider, 'event-new' AS event_id, {confirmed} AS confirmed, reference, nonce, address, currency, network,
                coalesce(amount, 10) AS value, 'tx-new' AS txid, '{{}}'::bytea AS body, '{{}}' AS headers, false AS doubted""", where)
          for confirmed in ("true", "false")
          for where in ("trade_id IS NULL AND network = 'TRC20'",
                        "trade_id = (SELECT max(id) FROM trades WHERE state = 'awaiting_payment' AND currency = 'USDT')")),
        """SELECT 'blockbee' AS provider, 'event-new' AS event_id, true AS confirmed, NULL AS reference, NULL AS nonce, 'nowhere' AS address,
            'USDT' AS currency, 'TRC20' AS network, 10 AS value, 'tx-new' AS txid, '{}'::bytea AS body, '{}' AS headers,
            false AS doubted""",
    ),
    "deposits/fill": Ask(
        (f"""SELECT {USUAL} AS user_id, -1 AS payin_id, 'blockbee' AS provider, 'Tnew' AS address, NULL AS link, 'new' AS external_id,
            0 AS minimum, true AS lasts""",),
        """INSERT INTO payins (id, user_id, currency, network, created_at) OVERRIDING SYSTEM VALUE
            VALUES (-1, {user_id}, 'USDT', 'TRC20', {at})"""),
    "deposits/keep_unreadable": ask(
        "SELECT 'fincra' AS provider, 'new' AS digest, 'no amount' AS problem, '{}'::bytea AS body, '{}' AS headers"
    ),
    "deposits/request": Ask((*both("NULL::bigint AS trade_id, 'BTC' AS currency, 'BTC' AS network, NULL::numeric AS amount").cases,
                             *trade("awaiting_payment", more=", 'BTC' AS currency, 'BTC' AS network, NULL::numeric AS amount").cases)),
    "disputes/alert": ask(one("disputes", "trade_id", "resolved_at IS NULL AND alerted_at IS NULL")),
    "disputes/open": trade("accepted", more=""", 'damaged' AS reason, 'It does not work at all.' AS text, ARRAY['photo'] AS kinds,
        ARRAY['file'] AS file_ids, ARRAY[''] AS captions"""),
    "disputes/resolve": ask(
        *(f"""SELECT {SUPPORT} AS user_id, t.id AS trade_id, {percent} AS percent, t.held, t.held - s.released AS buyer_gets,
            s.released - s.fee AS seller_gets, s.fee, 'As said' AS why
        FROM trades t JOIN currencies c ON c.code = t.currency, disputes_split(t.held, t.payout, c.scale, {percent}) s
        WHERE t.state = 'disputed' ORDER BY t.buyer_id LIMIT 1""" for percent in (0, 50, 100))
    ),
    "disputes/take": ask(one("disputes", f"{SUPPORT} AS user_id, trade_id, coalesce(assigned_to, 0) AS expected", "resolved_at IS NULL")),
    "exchange/confirm": Ask(
        tuple(f"""SELECT {person} AS user_id, -1 AS quote_id, 'BTC' AS network, 0 AS net, '' AS address, '' AS bank_code, '' AS bank_name,
            '' AS account_name, '' AS label, '' AS code""" for person in (USUAL, BUSIEST)),
        MONEY + FREELY + """; INSERT INTO quotes (id, user_id, from_currency, from_amount, to_currency, to_amount, price, at, valid_until) OVERRIDING SYSTEM VALUE
            VALUES (-1, {user_id}, 'USDT', 20, 'BTC', 0.0002, 0.00001, {at}, {at} + interval '10 minutes')"""),
    "exchange/quote": Ask(both("'USDT' AS from_currency, 'BTC' AS to_currency, 20 AS amount").cases, MONEY + FREELY),
    "groups/choose": ask(one("groups", f"{USUAL} AS user_id, slug, 'opened' AS topic, true AS is_wanted", "left_at IS NULL")),
    "groups/member": both(f"-5 AS chat_id, 'A group' AS title, true AS is_in, {AT} AS said_at"),
    "groups/move": ask(one("groups", "chat_id, -5 AS new_id")),
    "groups/see": both(f"-5 AS chat_id, 'A group' AS title, {AT} AS said_at"),
    "history/ask_statement": both(f"""'month' AS period, {AT} - interval '31 days' AS from_at, {AT} AS until_at, 'all' AS currency,
        'csv' AS format"""),
    "onboarding/accept_terms": Ask(
        ("SELECT 999 AS user_id, NULL AS token",),
        """INSERT INTO users (id, first_name, created_at, referred_by, referred_at) VALUES (999, 'New', {at}, 1000001, {at})"""),
    "onboarding/prove_phone": both("'+33612345678' AS phone"),
    "onboarding/skip_email": both("1 AS one"),
    "onboarding/verify_code": Ask((f"SELECT {USUAL} AS user_id, '123456' AS code",), CODE % ("email", "third@example.com")),
    "preferences/close": Ask(("SELECT 998 AS user_id",),
        "INSERT INTO users (id, first_name, created_at, terms_at, onboarded_at) VALUES (998, 'New', {at}, {at}, {at})"),
    "preferences/hear": both("'trades' AS topic, true AS muted"),
    "preferences/reopen": Ask(PERSON, "UPDATE users SET closed_at = {at} WHERE id = {user_id}"),
    "preferences/rest": both("1320 AS begins, 420 AS ends"),
    "preferences/show": both("true AS is_public, true AS may_announce"),
    "preferences/speak": both("'fr' AS language, 'Europe/Paris' AS time_zone"),
    "ratings/rate": trade("released", more=", 5 AS stars, 'Thanks' AS comment",
        where=f"ended_at > {AT} - interval '80 days' AND NOT EXISTS (SELECT FROM ratings WHERE trade_id = t.id AND rater_id = buyer_id)"),
    "referrals/come": Ask(("SELECT 999 AS user_id, 'u1' AS code",),
        "INSERT INTO users (id, first_name, created_at) VALUES (999, 'New', {at})"),
    "support/answer": staff("(SELECT id FROM tickets WHERE state = 'open' LIMIT 1) AS ticket_id, 'text' AS kind, 'Yes' AS text, '' AS file_id"),
    "support/assign": staff(f"(SELECT id FROM tickets WHERE state = 'open' AND assigned_to IS NULL LIMIT 1) AS ticket_id, 0 AS was, {SUPPORT} AS to"),
    "support/close": staff("(SELECT id FROM tickets WHERE state = 'open' LIMIT 1) AS ticket_id"),
    "support/reopen": staff("(SELECT max(id) FROM tickets t WHERE state = 'closed' AND NOT EXISTS (SELECT FROM tickets o WHERE o.user_id = t.user_id AND o.state = 'open')) AS ticket_id"),
    "support/say": both("'text' AS kind, 'Help' AS text, '' AS file_id"),
    "support/see": both("1 AS one"),
    "trades/accept": trade("paid", "seller"),
    "trades/agree": trade("accepted", before="UPDATE trades SET proposed_by = seller_id WHERE id = {trade_id}"),
    "trades/cancel": trade("underpaid"),
    "trades/create": Ask(
        tuple(f"""SELECT {person} AS user_id, 'USDT' AS currency, 100 AS amount, 'A bicycle' AS description, 24 AS delivery_hours,
            'buyer' AS fee_payer, 'username' AS seller_kind, '@user500' AS seller, f.fee, 100 + f.buyer_fee AS total
        FROM trades_level({person}) l, trades_fees(100, 6, l.fee_percent, 'buyer') f""" for person in (USUAL, BUSIEST)),
        "UPDATE terms SET trades_a_day = 100000, trades_an_hour = 100000, unpaid_trades = 100000"),
    "trades/decline": trade("paid", "seller"),
    "trades/deliver": trade("accepted", "seller"),
    "trades/disagree": trade("accepted", before="UPDATE trades SET proposed_by = seller_id WHERE id = {trade_id}"),
    "trades/elapse": ask(*(one("trades", f"id AS trade_id, '{timer}' AS timer", f"state = '{state}' AND due_at < {AT}")
                           for state, timer in (("awaiting_payment", "expire"), ("delivered", "release")))),
    "trades/give_back": trade("accepted", "seller"),
    "trades/join": ask(
        """SELECT u.id AS user_id, i.token FROM invitations i JOIN trades t ON t.id = i.trade_id JOIN users u ON lower(u.username) = i.handle
        WHERE t.seller_id IS NULL AND t.state = 'awaiting_payment' AND u.blocked_at IS NULL AND u.id <> t.buyer_id LIMIT 1"""
    ),
    "trades/pay": trade("awaiting_payment", more=", amount + buyer_fee AS amount", where="currency = 'USDT'", before=MONEY),
    "trades/pay_quoted": Ask(
        trade("awaiting_payment", more=", -1 AS quote_id, amount + buyer_fee AS total", where="currency = 'USDT'").cases,
        MONEY + """; INSERT INTO quotes (id, user_id, trade_id, from_currency, from_amount, to_currency, to_amount, price, at, valid_until)
            OVERRIDING SYSTEM VALUE VALUES (-1, {user_id}, {trade_id}, 'BTC', 1, 'USDT', {total}, 90000, {at}, {at} + interval '10 minutes')"""),
    "trades/propose": trade("accepted"),
    "trades/quote": trade("awaiting_payment", more=", 'BTC' AS currency", where="currency = 'USDT'"),
    "trades/reduce": trade("underpaid", more=", (SELECT sum(amount) FROM holds WHERE trade_id = t.id) AS held"),
    "trades/release": ask(*(case for state in ("accepted", "delivered", "disputed") for case in trade(state).cases)),
    "trades/remind": ask(one("trades", "id AS trade_id, remind_at AS due_at", f"remind_at <= {AT} AND due_at > {AT}")),
}  # fmt: skip

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
        0 AS muted, ARRAY[1000500]::bigint[] AS later, ARRAY[now()] AS due, false AS is_over FROM broadcasts WHERE state = 'running'"""),
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

# What counts everybody and every event, out of indexes, every ten minutes; what reads everything there is (once an hour, or when an owner thinks of telling everybody something), or only the settings.
ALLOWED_MS: Final = {"console/roll": 300}
EXEMPT: Final = {
    "audit/report", "broadcasts/audiences", "broadcasts/start", "terms/crossing", "terms/outside", "terms/save",
}  # fmt: skip
KNOWN: Final = {**VIEWS, **OPERATIONS, **STATEMENTS}


def asked(file: str, keys: tuple[str, ...], is_view: bool) -> Ask | None:
    """What is asked of a file; None: nobody has said. A view without keys needs a person alone."""
    if is_view and not keys:
        return Ask(STAFF_PERSON if file.startswith(STAFF) else PERSON)
    return KNOWN.get(file)
