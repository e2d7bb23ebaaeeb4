"""What can be looked at: each page is a path, a template, and the views that it shows. Who may see it says the SQL of
its views: no row, no page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from attrs import Factory, frozen
from starlette.requests import Request

from lockbay.actors.parse import identifier
from lockbay.areas.admin.cashout_records import CashoutCase, CashoutQueue, PayoutAlarms
from lockbay.areas.admin.correction_records import Recipient
from lockbay.areas.admin.people_records import Team
from lockbay.areas.admin.records import (
    AdminBooks,
    AdminDashboard,
    PayableTrade,
    UnappliedList,
    UnappliedPayment,
)
from lockbay.areas.disputes.records import DisputeCase, DisputeQueue
from lockbay.errors import Invalid
from lockbay.postgres.queries import View
from lockbay.web.console.change_records import ClosingTimes, CorrectionBook, TermsHistory
from lockbay.web.console.house_records import Activity, AdminLog, DeadLetters, HouseHealth, Notices
from lockbay.web.console.ledger_records import AccountPage, Audits, HouseAccounts, TransferPage
from lockbay.web.console.people_records import UserFile, UserSearch
from lockbay.web.console.ticket_records import TicketFile, Tickets
from lockbay.web.console.trade_records import TradeFile, TradeSearch

Keys: TypeAlias = Callable[[Request], tuple[object, ...]]
LONGEST_QUERY: Final = 80

TRADE_STATES: Final = (
    "awaiting_payment", "underpaid", "paid", "accepted", "delivered", "disputed", "released", "resolved", "refunded",
    "declined", "cancelled", "expired",
)  # fmt: skip
CASHOUT_STATES: Final = ("awaiting_approval", "waiting", "unknown")


class NotFound(Exception):
    """There is no such page, or not for whoever asks."""


class Unasked(Exception):
    """Nobody asked for this part of the page."""


def nothing(_: Request) -> tuple[object, ...]:
    return ()


def in_path(name: str) -> Keys:
    """A number in the path."""
    return lambda request: (_number(request.path_params[name]),)


def in_query(name: str) -> Keys:
    """A number behind the question mark; 0 without it."""
    return lambda request: (_number(request.query_params.get(name, "0")),)


def searched(request: Request) -> tuple[object, ...]:
    """What was typed into the field."""
    return (typed(request),)


def one_of(name: str, known: tuple[str, ...]) -> Keys:
    """A word that we know, or nothing."""

    def key(request: Request) -> tuple[object, ...]:
        word = request.query_params.get(name, "")
        if word and word not in known:
            raise NotFound
        return (word,)

    return key


def flagged(name: str) -> Keys:
    """1 when it is there, else 0."""
    return lambda request: (int(name in request.query_params),)


def asked(name: str) -> Keys:
    """What somebody typed. Raises Unasked."""

    def key(request: Request) -> tuple[object, ...]:
        value = line(request.query_params.get(name, ""))
        if not value:
            raise Unasked
        return (value,)

    return key


def slug_asked(request: Request) -> tuple[object, ...]:
    """A trade's code, with or without its T-, in any case. Raises Unasked."""
    typed_slug = str(asked("trade")(request)[0]).upper()
    return (typed_slug if typed_slug.startswith("T-") else f"T-{typed_slug}",)


def both(*parts: Keys) -> Keys:
    return lambda request: tuple(key for part in parts for key in part(request))


def typed(request: Request) -> str:
    """As a search takes it: on one line, and no longer than anything that can be found."""
    return line(request.query_params.get("q", ""))


def line(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable()).strip()[:LONGEST_QUERY]


def _number(text: str) -> int:
    try:
        return identifier(text)
    except Invalid:
        raise NotFound from None


@frozen
class Wanted:
    """A view and where its keys come from. Without a row for an `optional` one the page is shown nevertheless."""

    kind: type[View]
    keys: Keys = nothing
    optional: bool = False


@frozen
class Page:
    """`views` by their names in the template. `touches`: somebody asked for it, it did not renew itself."""

    path: str
    template: str
    views: Mapping[str, Wanted] = Factory(dict)
    touches: bool = True


BEFORE: Final = in_query("before")
LIVE: Final = {"house": Wanted(AdminDashboard), "activity": Wanted(Activity)}
PAGES: Final = (
    Page("/admin", "dashboard.html", LIVE),
    Page("/admin/live", "live.html", LIVE, touches=False),
    Page(
        "/admin/trades",
        "trades.html",
        {"found": Wanted(TradeSearch, both(searched, one_of("state", TRADE_STATES), BEFORE))},
    ),
    Page("/admin/trades/{trade_id}", "trade.html", {"trade": Wanted(TradeFile, in_path("trade_id"))}),
    Page("/admin/users", "users.html", {"found": Wanted(UserSearch, both(searched, BEFORE))}),
    Page("/admin/users/{person_id}", "user.html", {"person": Wanted(UserFile, in_path("person_id"))}),
    Page(
        "/admin/disputes",
        "disputes.html",
        {"queue": Wanted(DisputeQueue, both(flagged("ended"), in_query("after")))},
    ),
    Page("/admin/disputes/{trade_id}", "dispute.html", {"case": Wanted(DisputeCase, in_path("trade_id"))}),
    Page(
        "/admin/payouts",
        "payouts.html",
        {"queue": Wanted(CashoutQueue, both(one_of("state", CASHOUT_STATES), in_query("after")))},
    ),
    Page("/admin/payouts/{cashout_id}", "payout.html", {"cashout": Wanted(CashoutCase, in_path("cashout_id"))}),
    Page(
        "/admin/tickets",
        "tickets.html",
        {"queue": Wanted(Tickets, both(flagged("closed"), in_query("after")))},
    ),
    Page(
        "/admin/tickets/{ticket_id}",
        "ticket.html",
        {"ticket": Wanted(TicketFile, both(in_path("ticket_id"), BEFORE))},
    ),
    Page(
        "/admin/corrections",
        "corrections.html",
        {"book": Wanted(CorrectionBook, both(flagged("ended"), in_query("after")))},
    ),
    Page("/admin/unapplied", "unapplied.html", {"found": Wanted(UnappliedList, in_query("after"))}),
    Page(
        "/admin/unapplied/{unapplied_id}",
        "unapplied_payment.html",
        {
            "payment": Wanted(UnappliedPayment, in_path("unapplied_id")),
            "receiver": Wanted(Recipient, both(in_path("unapplied_id"), asked("person")), optional=True),
            "trade": Wanted(PayableTrade, both(in_path("unapplied_id"), slug_asked), optional=True),
        },
    ),
    Page(
        "/admin/books",
        "books.html",
        {"books": Wanted(AdminBooks, in_query("after")), "alarms": Wanted(PayoutAlarms, in_query("alarm"))},
    ),
    Page("/admin/ledger", "ledger.html", {"house": Wanted(HouseAccounts)}),
    Page(
        "/admin/ledger/{account_id}",
        "account.html",
        {"account": Wanted(AccountPage, both(in_path("account_id"), BEFORE))},
    ),
    Page(
        "/admin/transfers/{transfer_id}",
        "transfer.html",
        {"transfer": Wanted(TransferPage, in_path("transfer_id"))},
    ),
    Page("/admin/audit", "audit.html", {"audits": Wanted(Audits)}),
    Page(
        "/admin/letters",
        "letters.html",
        {
            "dead": Wanted(DeadLetters, in_query("letter")),
            "notices": Wanted(Notices, BEFORE),
        },
    ),
    Page("/admin/health", "health.html", {"health": Wanted(HouseHealth)}),
    Page("/admin/terms", "terms.html", {"book": Wanted(TermsHistory)}),
    Page("/admin/maintenance", "maintenance.html", {"house": Wanted(ClosingTimes)}),
    Page("/admin/team", "team.html", {"team": Wanted(Team)}),
    Page("/admin/log", "log.html", {"log": Wanted(AdminLog, both(in_query("by"), BEFORE))}),
)
