"""What is asked of the big database by operations, and what is done before."""

# ruff: noqa: E501 - queries, where a line is a thought

from __future__ import annotations

from typing import Final

from tests.postgres.cases import AT, BUSIEST, FINANCE, OWNER, PERSON, SUPPORT, USUAL, Ask, ask, both, one, staff, trade

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
