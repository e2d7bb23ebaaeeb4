"""What may become of a row: what is only added to, what ends once, what of it stays as it began, and which way it goes.
Each trigger of what money depends on has writes here that it alone refuses, one for each part of it.
"""

from __future__ import annotations

from lockbay.postgres.bridge import Connection
from tests.ledger.guarded import GUARDED, house, named, refusal

__all__ = ["house"]

APPEND_ONLY = (
    "admin_actions", "conversions", "credit_uses", "payout_events", "postings", "provider_events", "ratings",
    "referral_rewards", "transfers", "unreadable_events",
)  # fmt: skip
NEVER_GONE = (
    "accounts", "cashouts", "corrections", "disputes", "holds", "payins", "payout_alarms", "quotes", "reconciliations",
    "requests", "trades", "unapplied",
)  # fmt: skip
OTHERS = {
    "accounts.stays", "admin_sessions.ends_once", "admin_sessions.stays", "cashouts.legal_beginning",
    "cashouts.legal_moves", "cashouts.stays", "console_links.stays", "console_links.used_once",
    "corrections.decided_once", "corrections.legal_beginning", "disputes.ends_once", "holds.ends_once", "holds.stays",
    "payins.stays", "payout_alarms.ends_once", "payout_alarms.stays", "postings.conserved",
    "provider_events.asked_about_soon", "quotes.stays", "quotes.used_once", "reconciliations.settled_once",
    "requests.answered_once", "requests.stays", "trades.legal_beginning", "trades.legal_moves", "trades.stays",
    "unapplied.ends_once", "users.referrals_begin", "users.referrals_stay", "users.usernames_are_unique",
    "users.usernames_are_unique_at_insert", "verifications.stays", "verifications.used_once",
}  # fmt: skip
TRIGGERS = """
SELECT tgrelid::regclass || '.' || tgname AS name FROM pg_trigger
WHERE NOT tgisinternal AND tgenabled = 'O' AND tgrelid::regclass::text = ANY ($1)
"""
OPEN_DISPUTE = """
INSERT INTO disputes (trade_id, buyer_id, seller_id, opened_by, role, reason, text, opened_at)
SELECT id, buyer_id, seller_id, buyer_id, 'buyer', 'other', 'It never came.', now() FROM trades WHERE id = 2
"""
MOVES = """
trade accepted: delivered, disputed, refunded, released
trade awaiting_payment: cancelled, declined, expired, paid, underpaid
trade delivered: disputed, refunded, released
trade disputed: refunded, released, resolved
trade paid: accepted, cancelled, declined, refunded
trade underpaid: cancelled, declined, expired, paid
cashout awaiting_approval: cancelled, declined, requested
cashout requested: cancelled, sending, waiting
cashout sending: done, refunded, sent, unknown, waiting
cashout sent: done, refunded, unknown
cashout unknown: done, refunded, sent, waiting
cashout waiting: declined, done, refunded, sending, sent
"""
# What of an open row stays.
STAYS = {
    "LB002 what a trade is about never changes": (
        "trades", "id buyer_id currency amount fee buyer_fee seller_fee description", "state = 'paid'"),
    "LB002 what a cash-out is about never changes": (
        "cashouts", "id user_id currency network amount net address bank_code reference", "state = 'sending'"),
    "LB003 whose an account is, and in what, never changes": ("accounts", "user_id kind currency", "true"),
    "LB003 what a place to pay in is for never changes": ("payins", "user_id trade_id currency network", "true"),
    "LB003 what a trade is about never changes": (
        "trades", "slug fee_payer delivery_hours usd_worth created_at", "state = 'paid'"),
    "LB003 what a cash-out is about never changes": (
        "cashouts", "slug usd_worth bank_name account_name proven created_at", "state = 'sending'"),
    "LB003 what a hold is for never changes": ("holds", "cashout_id", "ended_by IS NULL"),
    "LB003 what was quoted never changes": (
        "quotes", "user_id trade_id from_currency from_amount to_currency to_amount price at valid_until", "true"),
    "LB003 what was asked never changes": ("requests", "key hash operation at", "true"),
    "LB003 what a code is for never changes": (
        "verifications", "user_id purpose email nonce hash expires_at outgoing", "true"),
    "LB003 whose a link is never changes": ("console_links", "user_id hash expires_at", "true"),
    "LB003 whose a session is never changes": ("admin_sessions", "user_id hash", "true"),
    "LB003 what an alarm is about never changes": ("payout_alarms", "event_id", "true"),
    "LB003 a hold ends once, and nothing else of it changes": (
        "holds", "id trade_id user_id currency amount began_by began_at source worth price", "ended_by IS NULL"),
    "LB003 an unapplied payment ends once": ("unapplied", "event_id reason amount", "true"),
    "LB002 a correction is decided once, as it was proposed": (
        "corrections", "id user_id event_id unapplied_id currency amount why proposed_by expires_at", "true"),
    "LB003 a dispute ends once, and what it is about never changes": (
        "disputes", "id trade_id buyer_id seller_id opened_by role reason text opened_at", "resolved_at IS NULL"),
    "LB003 a difference is settled once, and nothing else of it changes": (
        "reconciliations", "id payin_id provider currency told ours at", "true"),
}  # fmt: skip
OTHERWISE = {
    "boolean": "NOT {0}",
    "bytea": "{0} || 'x'",
    "jsonb": "'[]'",
    "text": "coalesce({0}, '') || 'x'",
    "numeric": "coalesce({0}, 0) + 1",
    "integer": "{0} + 1",
    "bigint": "coalesce({0}, 0) + 1",
    "timestamp with time zone": "{0} + interval '1 second'",
}
TYPE = """
SELECT format_type(atttypid, NULL) AS type FROM pg_attribute WHERE attrelid = $1::regclass AND attname = $2
"""
WRONG = """
LB002 a trade does not go from released to released: UPDATE trades SET pay_by = now() WHERE state = 'released'
LB002 a trade does not go from resolved to resolved: UPDATE trades SET pay_by = now() WHERE state = 'resolved'
LB002 a trade does not begin as paid: INSERT INTO trades (state) VALUES ('paid')
LB002 a trade does not go from paid to delivered: UPDATE trades SET state = 'delivered' WHERE state = 'paid'
LB002 a trade does not go from paid to released: UPDATE trades SET state = 'released' WHERE state = 'paid'
LB002 what a trade is about never changes: UPDATE trades SET seller_id = NULL WHERE state = 'paid'
LB002 what a trade is about never changes: UPDATE trades SET held = held - 0.000001 WHERE state = 'paid'
LB002 what a trade is about never changes: UPDATE trades SET held = NULL WHERE state = 'paid'
LB002 what a trade is about never changes: UPDATE trades SET payout = payout - 0.000001 WHERE state = 'paid'
LB002 what a trade is about never changes: UPDATE trades SET payout = NULL WHERE state = 'paid'
LB002 a cash-out does not go from cancelled to cancelled: UPDATE cashouts SET ask_at = now() WHERE state = 'cancelled'
LB002 a cash-out does not go from done to done: UPDATE cashouts SET ask_at = now() WHERE state = 'done'
LB002 a cash-out does not go from done to refunded: UPDATE cashouts SET state = 'refunded' WHERE state = 'done'
LB002 a cash-out does not go from sending to cancelled: \
UPDATE cashouts SET state = 'cancelled', ended_at = now() WHERE state = 'sending'
LB002 a cash-out does not go from sending to requested: UPDATE cashouts SET state = 'requested' WHERE state = 'sending'
LB002 a correction is decided once, as it was proposed: \
UPDATE corrections SET state = 'declined', decided_by = 2, decided_at = now(); UPDATE corrections SET decided_by = 3
LB003 a correction does not begin so: INSERT INTO corrections (state) VALUES ('approved')
LB003 a correction does not begin so: INSERT INTO corrections (state) VALUES ('declined')
LB003 a cash-out does not begin so: INSERT INTO cashouts (state) VALUES ('done')
LB003 a cash-out does not begin so: INSERT INTO cashouts (state) VALUES ('sending')
LB003 a cash-out does not begin so: INSERT INTO cashouts (state) VALUES ('sent')
LB003 a quote is used once: UPDATE quotes SET used_by = 1 WHERE id = 1
LB003 a code is used once, and each wrong try counts: \
UPDATE verifications SET used_at = now(); UPDATE verifications SET used_at = NULL
LB003 a code is used once, and each wrong try counts: UPDATE verifications SET tries = 0
LB003 a link is used once: UPDATE console_links SET used_at = now(); UPDATE console_links SET used_at = NULL
LB003 a session ends once: UPDATE admin_sessions SET ended_at = now(); UPDATE admin_sessions SET ended_at = NULL
LB003 an alarm ends once: \
UPDATE payout_alarms SET ended_at = now(), ended_by = 1, note = 'why'; UPDATE payout_alarms SET note = 'another'
LB003 a request is answered once: UPDATE requests SET outcome = '{}'
LB003 a dispute ends once, and what it is about never changes: \
UPDATE disputes SET seller_percent = 34 WHERE resolved_at > 'epoch'
LB003 a dispute ends once, and what it is about never changes: \
UPDATE disputes SET alerted_at = now() WHERE resolved_at IS NULL; \
UPDATE disputes SET alerted_at = NULL WHERE resolved_at IS NULL
LB003 a hold ends once, and nothing else of it changes: UPDATE holds SET ended_at = now() WHERE ended_by > 0
LB003 a difference is settled once, and nothing else of it changes: \
UPDATE reconciliations SET settled_at = now(); UPDATE reconciliations SET settled_at = NULL
LB003 an unapplied payment ends once: UPDATE unapplied SET ended_as = 'refunded', ended_at = now(), ended_by_user = 1, \
note = 'why'; UPDATE unapplied SET credited = 1
LB003 who brought somebody never changes: UPDATE users SET onboarded_at = NULL WHERE referred_by > 0; \
UPDATE users SET referred_by = 5000000003 WHERE referred_by > 0
LB003 who brought somebody never changes: UPDATE users SET referred_by = 5000000003 WHERE id = 5000000007
LB003 who is not here brings nobody: \
UPDATE users SET onboarded_at = NULL; UPDATE users SET referred_by = 5000000003 WHERE id = 5000000007
LB003 who is not here brings nobody: INSERT INTO users (id, referred_by) VALUES (1, 2)
LB004 a transfer must sum to zero in each currency: \
INSERT INTO postings (transfer_id, account_id, currency, amount) VALUES (1, 1, 'USDT', 1), (2, 8, 'USDT', -1)
LB004 a transfer must sum to zero in each currency: \
INSERT INTO postings (transfer_id, account_id, currency, amount) VALUES (1, 1, 'USDT', 1), (1, 9, 'BTC', -1)
LB004 a transfer must sum to zero in each currency: \
INSERT INTO postings (transfer_id, account_id, currency, amount) VALUES (1, 1, 'USDT', 'NaN'), (1, 8, 'USDT', 1)
LB004 a transfer must sum to zero in each currency: \
INSERT INTO postings (transfer_id, account_id, currency, amount) VALUES (1, 1, 'USDT', 'inf'), (1, 8, 'USDT', '-inf')
LB004 a posting must fit its account and its currency: \
INSERT INTO postings (transfer_id, account_id, currency, amount) VALUES (1, 1, 'BTC', 1), (1, 8, 'BTC', -1)
LB004 a posting must fit its account and its currency: INSERT INTO postings \
(transfer_id, account_id, currency, amount, balance_after) VALUES (1, 1, 'USDT', 1, 1), (1, 8, 'USDT', -1, NULL)
LB004 a posting must fit its account and its currency: INSERT INTO postings \
(transfer_id, account_id, currency, amount, version) VALUES (1, 1, 'USDT', 1, 1), (1, 8, 'USDT', -1, NULL)
"""


async def test_what_is_written_stays(raw: Connection) -> None:
    for table in APPEND_ONLY:
        column = "amount" if table == "postings" else "at"
        assert await refusal(raw, f"UPDATE {table} SET {column} = {column}") == never(table)


async def test_what_was_is_never_gone(raw: Connection) -> None:
    for table in APPEND_ONLY + NEVER_GONE:
        assert await refusal(raw, f"DELETE FROM {table}") == never(table)
        assert await refusal(raw, f"TRUNCATE {table} CASCADE") == never(table)


def never(table: str) -> str:
    return f"LB003 rows of {table} are never changed"


async def test_what_it_began_as_stays(house: Connection) -> None:
    await house.execute(OPEN_DISPUTE)
    for said, (table, columns, where) in STAYS.items():
        for column in columns.split():
            [row] = await house.fetch(TYPE, table, column)
            other = "DEFAULT" if column == "id" else OTHERWISE[row["type"]].format(column)
            assert await refusal(house, f"UPDATE {table} SET {column} = {other} WHERE {where}") == said, column


async def test_what_goes_the_wrong_way_is_refused(house: Connection) -> None:
    await house.execute(OPEN_DISPUTE)
    wrong = {write: (said, await refusal(house, write)) for said, write in named(WRONG)}
    assert {write: found for write, (said, found) in wrong.items() if found != said} == {}


async def test_each_change_counts(house: Connection) -> None:
    for table in ("trades", "cashouts"):
        changed = f"UPDATE {table} SET state = state WHERE ended_at IS NULL RETURNING id, version"
        before = await house.fetch(f"SELECT id, version FROM {table} WHERE ended_at IS NULL")
        after = {row["id"]: row["version"] for row in await house.fetch(changed)}
        assert after == {row["id"]: row["version"] + 1 for row in before}


async def test_a_username_is_one_persons_however_it_is_written(house: Connection) -> None:
    """Telegram gives one that is free to somebody else, and we may hear of that before the other writes."""
    holders = "SELECT id FROM users WHERE lower(username) = 'ada'"
    await house.execute("UPDATE users SET username = 'Ada' WHERE id = 5000000002")
    await house.execute("UPDATE users SET username = 'ADA' WHERE id = 5000000003")
    assert [row["id"] for row in await house.fetch(holders)] == [5000000003]
    await house.execute("INSERT INTO users (id, username, first_name, created_at) VALUES (1, 'ada', 'Ada', now())")
    assert [row["id"] for row in await house.fetch(holders)] == [1]


async def test_these_are_the_ways_and_no_others(raw: Connection) -> None:
    rows = await raw.fetch(
        "SELECT subject || ' ' || from_state AS at, string_agg(to_state, ', ' ORDER BY to_state) AS may "
        "FROM transitions GROUP BY 1"
    )
    assert {row["at"]: row["may"] for row in rows} == dict(named(MOVES))


async def test_these_are_the_triggers_and_all_are_on(raw: Connection) -> None:
    kept = {f"{table}.append_only" for table in APPEND_ONLY} | {f"{table}.never_gone" for table in NEVER_GONE}
    assert {row["name"] for row in await raw.fetch(TRIGGERS, GUARDED)} == kept | OTHERS
