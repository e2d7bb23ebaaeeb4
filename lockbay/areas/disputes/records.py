"""Disputes: what is asked of the database, and what it answers. Amounts are exact in the trade's currency, times aware
and in UTC.

Support and owners decide, never about a trade of their own: they get no row of that, and the operations are refused.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Literal, TypeAlias

from attrs import field, frozen

from lockbay.areas.disputed import How, Reason, Side
from lockbay.areas.standing import Standing
from lockbay.postgres.queries import Operation, View

FileKind: TypeAlias = Literal["photo", "document"]


@frozen
class DisputeStart(View):
    """A trade as it looks to a side that thinks of disputing it; None for others. `why_not`: not possible now.
    `ended_how` as in TradePage.
    """

    file: ClassVar[str] = "disputes/start"
    keys: ClassVar[tuple[str, ...]] = ("trade_id",)

    trade_id: int
    slug: str
    role: Side
    other: str | None
    currency: str
    held: Decimal
    description: str
    why_not: str | None
    state: str
    ended_how: str | None


@frozen
class Opened:
    """A trade is disputed. `messages` are what its side said and showed."""

    trade_id: int
    slug: str
    messages: int


@frozen
class OpenDispute(Operation[Opened]):
    """Disputes a trade: its time stands still, the other side and support are told. The text and the files (at most
    ten, each with a kind, an id and a caption) become messages of the trade's chat.

    Refused: `unknown_trade`, `not_yours`, `wrong_state` (only what is in delivery or delivered is disputed), `too_late`
    (the time to say so is over), `bad_reason` (not one of that side), `bad_text` (10-1000 characters), `bad_files`.
    """

    file: ClassVar[str] = "disputes/open"
    user_id: int
    trade_id: int
    reason: Reason
    text: str = field(repr=False)
    kinds: list[FileKind] = field(factory=list)
    file_ids: list[str] = field(factory=list, repr=False)
    captions: list[str] = field(factory=list, repr=False)


@frozen
class DisputeLine:
    """A dispute in the list. `by` opened it; `assigned` has it; `how` it ended, None: it has not."""

    trade_id: int
    slug: str
    at: datetime
    by: Side
    reason: Reason
    currency: str
    held: Decimal
    buyer_id: int
    buyer: str
    seller_id: int
    seller: str
    assigned: str | None
    is_mine: bool
    how: How | None


@frozen
class DisputeQueue(View):
    """A page of the disputes that wait for a decision, the oldest first, or (`ended` 1) of the others, the newest
    first: chat.read(DisputeQueue, 0, 0) begins, chat.read(DisputeQueue, 0, page.next) goes on. `open` is how many wait.
    """

    file: ClassVar[str] = "disputes/queue"
    keys: ClassVar[tuple[str, ...]] = ("ended", "after")

    disputes: tuple[DisputeLine, ...]
    next: int | None
    open: int


@frozen
class Party(Standing):
    """One side of a dispute, and what they have earned by trading before."""

    id: int
    name: str


@frozen
class DisputeCase(View):
    """A dispute with all that somebody must know to decide it. Of what is `held`, a release pays the seller `payout`.
    `assigned_to` has it. The last fields say how it ended; None: it has not. A decision has a `why`.
    """

    file: ClassVar[str] = "disputes/case"
    keys: ClassVar[tuple[str, ...]] = ("trade_id",)

    trade_id: int
    slug: str
    state: str
    currency: str
    amount: Decimal
    fee_payer: Literal["buyer", "seller", "split"]
    held: Decimal
    payout: Decimal
    description: str
    paid_at: datetime
    accepted_at: datetime
    deliver_by: datetime
    delivered_at: datetime | None
    by: Side
    reason: Reason
    text: str
    opened_at: datetime
    assigned_to: int | None
    assigned: str | None
    buyer: Party
    seller: Party
    newest_message: int
    unread: int
    resolved_at: datetime | None
    resolved_by: str | None
    how: How | None
    percent: int | None
    buyer_gets: Decimal | None
    seller_gets: Decimal | None
    fee: Decimal | None
    why: str | None


@frozen
class TakeDispute(Operation[bool]):
    """From now on it is the taker's to decide, and theirs alone to hear of. `expected` is who had it, as they saw it;
    0: nobody.

    Refused: `not_staff`, `unknown_dispute`, `own_dispute`, `already_ended`, `taken` (details: by).
    """

    file: ClassVar[str] = "disputes/take"
    user_id: int
    trade_id: int
    expected: int


@frozen
class Decided:
    """A dispute is decided: the seller got that share."""

    trade_id: int
    how: How
    percent: int


@frozen
class ResolveDispute(Operation[Decided]):
    """Decides a dispute for good: the seller gets `percent` of what is held, less the fee on that. The sums are what
    was shown; `why` is told to both sides.

    Refused: `not_staff`, `unknown_dispute`, `own_dispute`, `already_ended`, `terms_changed` (something was paid
    meanwhile), `bad_percent`, `bad_why` (1-500 characters).
    """

    file: ClassVar[str] = "disputes/resolve"
    user_id: int
    trade_id: int
    percent: int
    held: Decimal
    buyer_gets: Decimal
    seller_gets: Decimal
    fee: Decimal
    why: str
