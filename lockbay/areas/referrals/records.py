"""Referrals as people look at them: each view is one statement."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Literal, TypeAlias

from attrs import frozen

from lockbay.postgres.queries import View

Progress: TypeAlias = Literal["invited", "joined", "traded", "earned"]


@frozen
class ReferralPage(View):
    """A person's own code and what came of it. Who was `invited` has opened the link, who `joined` accepted the terms,
    who `traded` completed a trade; `waiting` have joined, and nothing was earned for them yet. `earned` and `credit`
    (what is left of all fee credit) are in USDT, as is what each side gets; the referrer gets it when the newcomer has
    traded `needed` USD.
    """

    file: ClassVar[str] = "referrals/view"

    code: str
    newcomer_gets: Decimal
    referrer_gets: Decimal
    needed: Decimal
    invited: int
    joined: int
    traded: int
    waiting: int
    earned: Decimal
    credit: Decimal


@frozen
class Referred:
    """Somebody whom the person brought, and how far they have come. `earned`, in USDT, is what that brought; None:
    nothing yet.
    """

    name: str
    at: datetime
    state: Progress
    earned: Decimal | None


@frozen
class ReferralList(View):
    """One page of those whom a person brought, the newest first: chat.read(ReferralList, 0) begins,
    chat.read(ReferralList, page.next) goes on.
    """

    file: ClassVar[str] = "referrals/list"
    keys: ClassVar[tuple[str, ...]] = ("before",)

    people: tuple[Referred, ...]
    next: int | None
