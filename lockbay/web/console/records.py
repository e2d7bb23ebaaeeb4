"""What the console asks of the database. Each view has no row for who may not see it; see sql/console."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Literal, TypeAlias

from attrs import field, frozen

from lockbay.audit import Report
from lockbay.postgres.queries import Operation, Statement, View

Role: TypeAlias = Literal["support", "finance", "owner"]


@frozen
class EnterConsole(Statement["int | None"]):
    """A link becomes a session, once: answers whose. None: it is used, or too old, or none of ours. All three are
    hashes. `before` is of the session that the browser had; it ends.
    """

    file: ClassVar[str] = "console/enter"
    link: bytes = field(repr=False)
    session: bytes = field(repr=False)
    csrf: str = field(repr=False)
    before: bytes = field(repr=False)


@frozen
class Session:
    """Who looks, in which role, and what is in every form of theirs."""

    id: int
    user_id: int
    csrf: str = field(repr=False)
    role: Role
    name: str


@frozen
class FindSession(Statement["Session | None"]):
    """Whose a cookie is, while they are of the staff. `touches`: somebody looks; else the session ages on."""

    file: ClassVar[str] = "console/session"
    hash: bytes = field(repr=False)
    touches: bool


@frozen
class LeaveConsole(Statement[int]):
    """Ends all sessions of somebody, and their links; answers how many sessions. Idempotent."""

    file: ClassVar[str] = "console/leave"
    user_id: int


@frozen
class RollActivity(Statement[None]):
    """Adds up the hours that are over. Any time, any number of times."""

    file: ClassVar[str] = "console/roll"


@frozen
class Slot:
    """What happened in an hour or a day that begins at `at`."""

    kind: Literal["trades", "volume", "cashouts", "deposits"]
    at: datetime
    n: int
    usd: Decimal


@frozen
class Activity(View):
    """24 hours and 30 days, each kind's slots in their order."""

    file: ClassVar[str] = "console/activity"

    day: tuple[Slot, ...]
    month: tuple[Slot, ...]


@frozen
class ListedTrade:
    id: int
    slug: str
    state: str
    at: datetime
    amount: Decimal
    currency: str
    usd: Decimal
    buyer_id: int
    buyer: str
    seller_id: int | None
    seller: str | None
    due_at: datetime | None


@frozen
class TradeSearch(View):
    """A page of 25, the newest first; see sql/console/trades.sql for what `q` may be."""

    file: ClassVar[str] = "console/trades"
    keys: ClassVar[tuple[str, ...]] = ("q", "state", "before")

    trades: tuple[ListedTrade, ...]
    next: int | None


@frozen
class Moment:
    what: str
    at: datetime


@frozen
class Hold:
    """Money of the buyer; `began_by` and `ended_by` are transfers."""

    id: int
    amount: Decimal
    currency: str
    source: str
    began_by: int
    began_at: datetime
    ended_as: str | None
    ended_by: int | None
    ended_at: datetime | None


@frozen
class TradeTransfer:
    id: int
    kind: str
    note: str
    at: datetime


@frozen
class TradePayin:
    id: int
    reference: str
    provider: str | None
    network: str
    currency: str
    at: datetime


@frozen
class Message:
    """A line of a disputed trade's chat. Photos and documents stay with Telegram."""

    n: int
    role: str
    author: str
    kind: str
    text: str
    at: datetime


@frozen
class Act:
    """What one of the staff did to this."""

    id: int
    by: str
    action: str
    why: str
    at: datetime


@frozen
class TradeFile(View):
    """All that is known of a trade. `messages` is empty unless it was disputed, and for who decides no disputes."""

    file: ClassVar[str] = "console/trade"
    keys: ClassVar[tuple[str, ...]] = ("trade_id",)

    id: int
    slug: str
    state: str
    version: int
    currency: str
    amount: Decimal
    fee: Decimal
    fee_payer: str
    buyer_fee: Decimal
    seller_fee: Decimal
    held: Decimal | None
    payout: Decimal | None
    usd_worth: Decimal
    description: str
    delivery_hours: int
    seller_kind: str
    seller_handle: str
    ended_how: str | None
    buyer_id: int
    buyer: str
    seller_id: int | None
    seller: str | None
    due_at: datetime | None
    turn: str | None
    timeline: tuple[Moment, ...]
    holds: tuple[Hold, ...]
    transfers: tuple[TradeTransfer, ...]
    payins: tuple[TradePayin, ...]
    messages: tuple[Message, ...]
    is_disputed: bool
    actions: tuple[Act, ...]


@frozen
class ListedPerson:
    id: int
    name: str
    first_name: str
    since: datetime
    onboarded: bool
    has_email: bool
    has_phone: bool
    blocked: bool
    role: Role | None


@frozen
class UserSearch(View):
    """A page of 25; see sql/console/users.sql for what `q` may be."""

    file: ClassVar[str] = "console/users"
    keys: ClassVar[tuple[str, ...]] = ("q", "before")

    people: tuple[ListedPerson, ...]
    next: int | None


@frozen
class Purse:
    """What somebody has of a currency."""

    currency: str
    available: Decimal
    held: Decimal
    credit: Decimal
    account_id: int | None


@frozen
class TheirTrade:
    id: int
    slug: str
    state: str
    at: datetime
    amount: Decimal
    currency: str
    side: str
    other: str | None


@frozen
class TheirCashout:
    id: int
    slug: str
    state: str
    at: datetime
    amount: Decimal
    currency: str


@frozen
class UserFile(View):
    """All that the staff must know of somebody."""

    file: ClassVar[str] = "console/user"
    keys: ClassVar[tuple[str, ...]] = ("person_id",)

    id: int
    name: str
    first_name: str
    username: str | None
    slug: str
    language: str
    time_zone: str
    email: str | None
    email_verified_at: datetime | None
    phone: str | None
    created_at: datetime
    onboarded_at: datetime | None
    terms_at: datetime | None
    blocked_at: datetime | None
    blocked_why: str | None
    unreachable_at: datetime | None
    closed_at: datetime | None
    referred_by: int | None
    referrer: str | None
    role: Role | None
    balances: tuple[Purse, ...]
    trades: tuple[TheirTrade, ...]
    cashouts: tuple[TheirCashout, ...]
    actions: tuple[Act, ...]


@frozen
class HouseAccount:
    id: int
    kind: str
    currency: str
    balance: Decimal


@frozen
class HouseAccounts(View):
    """The accounts of the house, by currency."""

    file: ClassVar[str] = "console/accounts"

    accounts: tuple[HouseAccount, ...]


@frozen
class ListedPosting:
    id: int
    transfer_id: int
    kind: str
    note: str
    at: datetime
    trade_id: int | None
    amount: Decimal
    balance_after: Decimal | None


@frozen
class AccountPage(View):
    """A page of 25 of an account's postings, the newest first."""

    file: ClassVar[str] = "console/account"
    keys: ClassVar[tuple[str, ...]] = ("account_id", "before")

    id: int
    kind: str
    currency: str
    owner_id: int | None
    owner: str | None
    balance: Decimal
    postings: tuple[ListedPosting, ...]
    next: int | None


@frozen
class Line:
    id: int
    account_id: int
    kind: str
    owner_id: int | None
    owner: str | None
    amount: Decimal
    currency: str
    balance_after: Decimal | None


@frozen
class Reason:
    """A row that a transfer was made for."""

    what: str
    id: int
    text: str
    cashout_id: int | None
    unapplied_id: int | None


@frozen
class TransferPage(View):
    """A transfer, its postings, the rows that are the reason for it."""

    file: ClassVar[str] = "console/transfer"
    keys: ClassVar[tuple[str, ...]] = ("transfer_id",)

    id: int
    kind: str
    request_key: str
    note: str
    at: datetime
    trade_id: int | None
    slug: str | None
    postings: tuple[Line, ...]
    reasons: tuple[Reason, ...]


@frozen
class AuditRun:
    """`differences` None: it has not ended, or `problem` says why it found nothing."""

    id: int
    by: str
    began_at: datetime
    ended_at: datetime | None
    problem: str | None
    differences: int | None


@frozen
class Audits(View):
    """The last runs, and what the last one found that came to its end."""

    file: ClassVar[str] = "console/audits"

    runs: tuple[AuditRun, ...]
    report: Report | None
    is_running: bool


@frozen
class BeginAudit(Operation[int]):
    """Answers the run's id. Refused: `not_staff`, `already_running`."""

    file: ClassVar[str] = "console/begin_audit"
    user_id: int


@frozen
class EndAudit(Statement[None]):
    """`report` is JSON, or `problem` says why there is none. Idempotent: the first counts."""

    file: ClassVar[str] = "console/end_audit"
    run_id: int
    report: str
    problem: str


@frozen
class DeadLetter:
    """An update that failed three times, without what somebody wrote."""

    update_id: int
    person_id: int
    person: str | None
    at: datetime
    error: str
    bytes: int


@frozen
class DeadLetters(View):
    """A page of 25, the newest first."""

    file: ClassVar[str] = "console/dead_letters"
    keys: ClassVar[tuple[str, ...]] = ("before",)

    letters: tuple[DeadLetter, ...]
    next: int | None


@frozen
class ListedNotice:
    id: int
    kind: str
    person_id: int | None
    person: str | None
    at: datetime
    due_at: datetime
    attempts: int
    error: str | None


@frozen
class Notices(View):
    """What waits to be told, and a page of 25 of what nobody could be told."""

    file: ClassVar[str] = "console/notices"
    keys: ClassVar[tuple[str, ...]] = ("before",)

    waiting: tuple[ListedNotice, ...]
    untold: tuple[ListedNotice, ...]
    next: int | None


@frozen
class LoggedAct:
    id: int
    by_id: int
    by: str
    action: str
    subject: str
    why: str
    before: str | None
    after: str | None
    at: datetime


@frozen
class AdminLog(View):
    """A page of 50 of what the staff did, the newest first; of one of them, or (0) of all."""

    file: ClassVar[str] = "console/log"
    keys: ClassVar[tuple[str, ...]] = ("by", "before")

    actions: tuple[LoggedAct, ...]
    next: int | None


@frozen
class ProviderHealth:
    provider: str
    answered_at: datetime | None
    away_since: datetime | None


@frozen
class HouseHealth(View):
    """What the database knows of how the house is."""

    file: ClassVar[str] = "console/health"

    providers: tuple[ProviderHealth, ...]
    inbox: int
    inbox_since: datetime | None
    outbox: int
    outbox_since: datetime | None
    dead_letters: int
    untold: int
    sessions: int
