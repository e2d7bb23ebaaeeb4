"""People in the console: the search, and all that is known of one. No row for those who may not; see sql/console."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from attrs import frozen

from lockbay.postgres.queries import View
from lockbay.web.console.access_records import Role
from lockbay.web.console.house_records import Act


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
    other_id: int | None
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
    slug: str
    language: str
    time_zone: str
    email: str | None
    email_verified_at: datetime | None
    phone: str | None
    created_at: datetime
    onboarded_at: datetime | None
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
