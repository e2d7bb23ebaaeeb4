"""Who may do what among those who run LockBay, and people about whom there is something to decide.

The tables are complete: tests/areas/test_permissions.py fails for what the staff can do that is in neither.
What else there is to forbid (the pages of the web console) can be tried with `ROLES` and `MAY`.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final, Literal

import pytest
from attrs import evolve

from lockbay.actors.inbox import BuryUpdate
from lockbay.areas.admin.broadcast_records import StartBroadcast
from lockbay.areas.admin.correction_records import ProposeCorrection
from lockbay.areas.support.records import AskSupport
from lockbay.areas.trades.records import AcceptTrade, CancelTrade, PayTrade
from lockbay.notices.records import NoticesSent
from lockbay.postgres.database import Database
from tests.areas.deciding import requested, settled, under_way
from tests.areas.disputing import opening
from tests.areas.people import ANA, BEN, fund, offered, onboarded, set_rates
from tests.areas.unapplied import done, paid, place
from tests.ledger.world import UNLIMITED

Power = Literal["everybody", "any", "support", "finance", "owner"]
ROLES: Final = ("nobody", "support", "finance", "owner")
MAY: Final[Mapping[Power, frozenset[str]]] = {
    "everybody": frozenset(ROLES),
    "any": frozenset({"support", "finance", "owner"}),
    "support": frozenset({"support", "owner"}),
    "finance": frozenset({"finance", "owner"}),
    "owner": frozenset({"owner"}),
}
WHO: Final = {role: 7_000_000_001 + number for number, role in enumerate(ROLES)}

# Every flow of the areas in which the staff decides, the arguments that open it, and who may.
FLOWS: Final[Mapping[str, tuple[tuple[str, ...], Power]]] = {
    "admin": ((), "any"),
    "books": ((), "finance"),
    "unapplied": ((), "finance"),
    "unapplied_payment": (("1",), "finance"),
    "credit_unapplied": (("1",), "finance"),
    "refund_unapplied": (("1",), "finance"),
    "attach_unapplied": (("1",), "finance"),
    "payouts": ((), "finance"),
    "payout": (("1",), "finance"),
    "decide_payout": (("1", "approve"), "finance"),
    "payout_alarms": ((), "finance"),
    "end_alarm": (("1",), "finance"),
    "people": ((), "any"),
    "user": ((str(ANA),), "any"),
    "user_trades": ((str(ANA),), "any"),
    "user_money": ((str(ANA),), "any"),
    "block": ((str(ANA),), "any"),
    "unblock": ((str(ANA),), "any"),
    "team": ((), "owner"),
    "give_role": ((), "owner"),
    "role": ((str(ANA),), "owner"),
    "admin_log": ((), "owner"),
    "maintenance": ((), "owner"),
    "terms_book": ((), "owner"),
    "terms_group": (("trades",), "owner"),
    "term": (("fee_percent",), "owner"),
    "network_fee": (("USDT", "TRC20"), "owner"),
    "corrections": ((), "finance"),
    "correction": (("1",), "finance"),
    "correct": ((str(ANA),), "finance"),
    "book_payout": (("2",), "finance"),
    "decide_correction": (("1", "approve"), "finance"),
    "dead_letters": ((), "support"),
    "dead_letter": (("1",), "support"),
    "retry_letter": (("1",), "support"),
    "discard_letter": (("1",), "support"),
    "untold": ((), "support"),
    "retell": (("1",), "support"),
    "web_console": ((), "any"),
    "transactions": ((), "finance"),
    "transaction_states": (("t",), "finance"),
    "transaction_person": ((), "finance"),
    "transaction": (("t", "1"), "finance"),
    "exports": ((), "finance"),
    "broadcasts": ((), "owner"),
    "broadcast": (("1",), "owner"),
    "new_broadcast": ((), "owner"),
    "steer_broadcast": (("1", "pause"), "owner"),
    "open_dispute": (("2",), "everybody"),
    "disputes": ((), "support"),
    "dispute": (("2",), "support"),
    "take_dispute": (("2", "0"), "support"),
    "resolve_dispute": (("2", "split"), "support"),
    "support": ((), "everybody"),
    "support_close": (("1",), "everybody"),
    "support_file": (("1", "1"), "everybody"),
    "tickets": ((), "support"),
    "ticket": (("1",), "support"),
    "user_tickets": ((str(ANA),), "support"),
    "ticket_file": (("1", "1"), "support"),
    "ticket_answer": (("1",), "support"),
    "ticket_take": (("1",), "support"),
    "ticket_assign": (("1",), "support"),
    "ticket_close": (("1",), "support"),
    "ticket_reopen": (("1",), "support"),
}
# Every page of the web console; tests/web/test_console.py tries over HTTP that each role finds its own and no other.
PAGES: Final[Mapping[str, Power]] = {
    "/admin": "any",
    "/admin/live": "any",
    "/admin/trades": "any",
    "/admin/trades/{trade_id}": "any",
    "/admin/users": "any",
    "/admin/users/{person_id}": "any",
    "/admin/disputes": "support",
    "/admin/disputes/{trade_id}": "support",
    "/admin/tickets": "support",
    "/admin/tickets/{ticket_id}": "support",
    "/admin/payouts": "finance",
    "/admin/payouts/{cashout_id}": "finance",
    "/admin/corrections": "finance",
    "/admin/unapplied": "finance",
    "/admin/unapplied/{unapplied_id}": "finance",
    "/admin/books": "finance",
    "/admin/ledger": "finance",
    "/admin/ledger/{account_id}": "finance",
    "/admin/transfers/{transfer_id}": "finance",
    "/admin/audit": "finance",
    "/admin/letters": "support",
    "/admin/health": "any",
    "/admin/terms": "owner",
    "/admin/maintenance": "owner",
    "/admin/team": "owner",
    "/admin/log": "owner",
}
# Every operation that asks what somebody of the staff may.
OPERATIONS: Final[Mapping[str, Power]] = {
    "CreditUnapplied": "finance",
    "RefundUnapplied": "finance",
    "AttachUnapplied": "finance",
    "EndAlarm": "finance",
    "DecideCashout": "finance",
    "BlockPerson": "any",
    "SetRole": "owner",
    "SetTerm": "owner",
    "SetFee": "owner",
    "SetMaintenance": "owner",
    "ProposeCorrection": "finance",
    "DecideCorrection": "finance",
    "EndLetter": "support",
    "Retell": "support",
    "AskExport": "finance",  # owners only: what the staff did
    "StartBroadcast": "owner",
    "SteerBroadcast": "owner",
    "BeginAudit": "finance",
    "OpenConsole": "any",
    "TakeDispute": "support",
    "ResolveDispute": "support",
    "AnswerTicket": "support",
    "CloseTicket": "support",
    "ReopenTicket": "support",
    "AssignTicket": "support",
    # anybody's, about what is theirs
    "AskSupport": "everybody",
    "SayMessage": "everybody",
    "SeeMessages": "everybody",
}


@pytest.fixture
async def house(database: Database) -> Database:
    """One of each role, and people about whom there is something to decide, of every kind: its id is 1, the disputed
    trade's and the payment's of a cash-out that was paid twice 2.
    """
    await set_rates(database)
    await database.run(evolve(UNLIMITED, cashout_approval_usd=Decimal(100), cashout_unverified_daily_usd=Decimal(0)))
    await onboarded(database, ANA, "Ana", "ana")
    await onboarded(database, BEN, "Ben", "ben")
    for role, user_id in WHO.items():
        await onboarded(database, user_id, role.title(), f"the_{role}")
        if role != "nobody":
            await given(database, user_id, role)
    await fund(database, ANA, "1000")
    await unapplied_payment(database)
    await disputed_trade(database)
    await strange_payout(database)
    await done(database, AskSupport(ANA, "photo", "Where is it?", "file"))
    await done(database, StartBroadcast(WHO["owner"], "text", "Hello", "", "all"))
    await done(database, ProposeCorrection(WHO["finance"], BEN, None, "USDT", Decimal(1), "a gift"))
    await database.run(BuryUpdate(7, "", 1, ANA, b'{"message": {"text": "hello"}}', "ValueError"))
    await database.run(NoticesSent([1], ["nobody"], ["blocked"], [None]))
    return database


async def unapplied_payment(database: Database) -> None:
    """What came for a trade that was cancelled."""
    trade = await offered(database, ANA, "username", "@ben")
    payin = await place(database, trade)
    await done(database, CancelTrade(ANA, trade.id))
    await done(database, paid(payin, "40"))


async def disputed_trade(database: Database) -> None:
    trade = await offered(database, ANA, "username", "@ben")
    await done(database, PayTrade(ANA, trade.id, trade.buyer_pays))
    await done(database, AcceptTrade(BEN, trade.id))
    await done(database, opening(ANA, trade.id))


async def strange_payout(database: Database) -> None:
    """A cash-out that waits for an approval, and one that was paid twice."""
    await requested(database)
    cashout = await under_way(database, "unknown")
    for txid in ("one", "two"):
        await settled(database, cashout, "done", txid)


async def given(database: Database, user_id: int, role: str) -> None:
    """A role, out of the settings or of an owner's hand."""
    await database.pool.fetch(
        "test", "INSERT INTO staff (user_id, role, by_settings, added_at) VALUES ($1, $2, false, 'epoch')",
        (user_id, role),
        reads=False,
    )  # fmt: skip
