"""People as the staff sees them, the staff itself, and what it did. No view has a row for whoever may not see it, and
operations are refused to them: `not_staff`. Every operation writes down who did what, and why.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Literal, TypeAlias

from attrs import frozen

from lockbay.actors.person import Role
from lockbay.areas.admin.acts import Act
from lockbay.areas.payout import State
from lockbay.areas.standing import Standing
from lockbay.postgres.queries import Operation, View

Side: TypeAlias = Literal["buyer", "seller"]


@frozen
class Found:
    """Somebody who was looked for. `role`: of those who run LockBay."""

    id: int
    name: str
    first_name: str
    since: datetime
    blocked: bool
    role: Role | None


@frozen
class People(View):
    """A page of whom a search finds: chat.read(People, "@ann", 0) begins, chat.read(People, "@ann", page.next) goes
    on. Looked for are a Telegram number, a @username or its first letters (3 or more), an e-mail address, a phone
    number in E.164, the slug of a profile, and a trade's code. For all of the staff.
    """

    file: ClassVar[str] = "admin/people"
    keys: ClassVar[tuple[str, ...]] = ("query", "after")

    people: tuple[Found, ...]
    next: int | None


@frozen
class Somebody(View):
    """Whom the staff names by @username, or by Telegram's number."""

    file: ClassVar[str] = "admin/person"
    keys: ClassVar[tuple[str, ...]] = ("handle",)

    id: int
    name: str


@frozen
class Holding:
    """What somebody has of a currency."""

    currency: str
    available: Decimal
    held: Decimal
    credit: Decimal


@frozen
class LateCashout:
    """One of somebody's newest cash-outs."""

    id: int
    slug: str
    state: State
    amount: Decimal
    currency: str
    at: datetime


@frozen
class Dossier(View):
    """All that the staff has to know of a person. `email` and `phone` are proven, `extras` further addresses that are.
    `viewer` is the role of whoever looks.
    """

    file: ClassVar[str] = "admin/profile"
    keys: ClassVar[tuple[str, ...]] = ("person",)
    passes: ClassVar[bool] = True

    id: int
    name: str
    first_name: str
    slug: str
    language: str
    time_zone: str
    since: datetime
    onboarded_at: datetime | None
    email: str | None
    phone: str | None
    extras: tuple[str, ...]
    blocked_at: datetime | None
    blocked_why: str | None
    unreachable_at: datetime | None
    closed_at: datetime | None
    role: Role | None
    standing: Standing
    balances: tuple[Holding, ...]
    open_trades: int
    open_cashouts: int
    cashouts: tuple[LateCashout, ...]
    actions: tuple[Act, ...]
    viewer: Role


@frozen
class PersonsTrade:
    """A line of somebody's trades. `other` None: nobody has joined."""

    id: int
    slug: str
    role: Side
    other: str | None
    state: str
    currency: str
    amount: Decimal
    description: str
    at: datetime


@frozen
class PersonsTrades(View):
    """A page of somebody's trades, the newest first: chat.read(PersonsTrades, id, 0) begins."""

    file: ClassVar[str] = "admin/persons_trades"
    keys: ClassVar[tuple[str, ...]] = ("person", "before")
    passes: ClassVar[bool] = True

    id: int
    name: str
    trades: tuple[PersonsTrade, ...]
    next: int | None


@frozen
class PersonsMovement:
    """A posting of one of somebody's accounts (`available`, `credit`), and what it left there. `kind` is its
    transfer's.
    """

    id: int
    at: datetime
    kind: str
    account: str
    currency: str
    amount: Decimal
    balance: Decimal
    slug: str | None


@frozen
class PersonsMoney(View):
    """A page of somebody's movements, the newest first: chat.read(PersonsMoney, id, 0) begins."""

    file: ClassVar[str] = "admin/persons_money"
    keys: ClassVar[tuple[str, ...]] = ("person", "before")
    passes: ClassVar[bool] = True

    id: int
    name: str
    movements: tuple[PersonsMovement, ...]
    next: int | None


@frozen
class BlockPerson(Operation[bool]):
    """Blocks a person, or (`block` false) lets them in again; they are told `why`. It ends nothing by itself. For all
    of the staff. Refused: `not_staff`, `unknown_person`, `bad_note`, `is_staff` (an owner takes the role first),
    `wrong_state` (they are already).
    """

    file: ClassVar[str] = "admin/block"
    user_id: int
    person: int
    block: bool
    why: str


@frozen
class Member:
    """Somebody who runs LockBay; those of the settings cannot be changed in the chat."""

    id: int
    name: str
    role: Role
    by_settings: bool
    added_by: str | None
    added_at: datetime | None


@frozen
class Team(View):
    """Who runs LockBay; for owners."""

    file: ClassVar[str] = "admin/team"

    members: tuple[Member, ...]


@frozen
class SetRole(Operation[int]):
    """An owner gives somebody a role, or takes it (None); they are told. `expected` is the role that was shown. Answers
    their id. Refused: `not_staff`, `unknown_person`, `bad_role`, `bad_note`, `by_settings`, `same_role`,
    `terms_changed`, `not_here` (blocked, closed, or never began), `last_owner`.
    """

    file: ClassVar[str] = "admin/set_role"
    user_id: int
    person: int
    expected: str | None
    role: str | None
    why: str


@frozen
class LogLine:
    """What somebody of the staff did, to what, why, and how that was before and after."""

    id: int
    at: datetime
    by: str
    action: str
    subject: str
    why: str
    before: str | None
    after: str | None


@frozen
class AdminLog(View):
    """A page of what the staff did, the newest first: of one of them (`by` 0: all), to one `subject` ("": any). For
    owners. chat.read(AdminLog, 0, "", 0) begins.
    """

    file: ClassVar[str] = "admin/log"
    keys: ClassVar[tuple[str, ...]] = ("by", "subject", "before")

    actions: tuple[LogLine, ...]
    next: int | None
    of_whom: str | None
