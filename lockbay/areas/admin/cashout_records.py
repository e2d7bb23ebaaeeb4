"""Cash-outs as the staff sees them and decides about them. Views have no row for whoever is not of the staff, and the
operation is refused to them.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Literal, TypeAlias

from attrs import frozen

from lockbay.areas.payout import Cashout, State
from lockbay.postgres.queries import Operation, View

Decision: TypeAlias = Literal["approve", "decline", "refund", "paid", "retry"]
Move: TypeAlias = Literal[Decision, "claim"]


@frozen
class CashoutCounts:
    """How many wait: for an approval, for an operator, and for their provider to say what became of them."""

    approval: int = 0
    waiting: int = 0
    unknown: int = 0

    @property
    def all(self) -> int:
        """What the staff has to look at."""
        return self.approval + self.waiting + self.unknown


@frozen
class WaitingCashout:
    """A line of the list. `usd_worth` None: nobody knew."""

    id: int
    slug: str
    at: datetime
    state: State
    amount: Decimal
    currency: str
    usd_worth: Decimal | None
    person_id: int
    person: str


@frozen
class CashoutQueue(View):
    """A page of what waits in a state, "" for any, the oldest first: chat.read(CashoutQueue, "", 0) begins,
    chat.read(CashoutQueue, "", page.next) goes on.
    """

    file: ClassVar[str] = "admin/cashouts"
    keys: ClassVar[tuple[str, ...]] = ("state", "after")

    cashouts: tuple[WaitingCashout, ...]
    next: int | None
    counts: CashoutCounts


@frozen
class Owner:
    """Whose cash-out it is: with us since when, how many deposits (`deposited`: in its currency), how many cash-outs
    that are done. `elsewhere`: none of those went where this one goes. `is_blocked`: nothing of theirs is sent.
    """

    id: int
    name: str
    since: datetime
    has_email: bool
    deposits: int
    deposited: Decimal
    cashouts: int
    cashed_out_usd: Decimal
    elsewhere: bool
    is_blocked: bool


@frozen
class ToldPayout:
    """What a provider told of it."""

    at: datetime
    provider: str
    outcome: str
    txid: str | None


@frozen
class CashoutCase(View):
    """All that is known of a cash-out, and the newest of what was told of it, the oldest first. `proven`: by a code.
    `claimed_by` has begun to pay it by hand. `is_own`: it is the viewer's, and somebody else has to decide.
    `is_claimed`: it was the viewer who has begun. `has_begun`: to pay it by hand was the last that they did about it.
    """

    file: ClassVar[str] = "admin/cashout"
    keys: ClassVar[tuple[str, ...]] = ("cashout_id",)

    id: int
    slug: str
    state: State
    currency: str
    network: str
    amount: Decimal
    net: Decimal
    usd_worth: Decimal | None
    address: str
    bank_name: str
    account_name: str
    proven: bool
    reference: str
    provider: str | None
    external_id: str | None
    txid: str | None
    problem: str | None
    tries: int
    created_at: datetime
    ended_at: datetime | None
    decided_by: str | None
    decided_at: datetime | None
    person: Owner
    events: tuple[ToldPayout, ...]
    claimed_by: str | None = None
    claimed_at: datetime | None = None
    is_own: bool = False
    has_begun: bool = False
    is_claimed: bool = False


@frozen
class PayoutAlarm:
    """What `provider` told of a payout and fits nothing: of the cash-out, or of none that we know."""

    id: int
    at: datetime
    provider: str
    reference: str
    told: str
    txid: str | None
    cashout_id: int | None
    slug: str | None
    state: State | None
    amount: Decimal | None
    currency: str | None


@frozen
class PayoutAlarms(View):
    """A page of those that nobody has looked into, the oldest first: chat.read(PayoutAlarms, 0) begins."""

    file: ClassVar[str] = "admin/alarms"
    keys: ClassVar[tuple[str, ...]] = ("after",)

    alarms: tuple[PayoutAlarm, ...]
    next: int | None


@frozen
class EndAlarm(Operation[int]):
    """Somebody of the staff has looked into it; answers its id. It moves no money. Refused: `not_staff`, `bad_note`
    (nothing, or more than 500 characters), `own_cashout`, `wrong_state` (somebody has, or there is none).
    """

    file: ClassVar[str] = "admin/end_alarm"
    user_id: int
    alarm_id: int
    note: str


@frozen
class DecideCashout(Operation[Cashout]):
    """Somebody of the staff decides: approve or decline what waits for approval; `paid` by hand (with `txid`), refund,
    decline or retry what waits; `paid` or refund what nobody knows the fate of. `claim` comes before paying by hand:
    what waits is not tried by itself any more, until `retry`, and for an hour nobody else decides. `expected` is the
    state that was shown: of two at once one decides. `paid` by whoever has claimed it is no wish, and counts whatever
    was shown.

    Refused: `claimed` (details: by), `told_paid` (by somebody else: no `retry`), `blocked` (whose it is has been since:
    neither approved, retried nor paid by hand), `not_staff`, `unknown_cashout`,
    `own_cashout`, `wrong_state` (details: state; somebody was faster), `bad_note` (more than 500 characters, or 120 of
    a txid), `paid_besides` (details: state; it went on without who had claimed it: their payment is kept and the staff
    told, as the money may have left twice).
    """

    file: ClassVar[str] = "cashout/decide"
    user_id: int
    cashout_id: int
    expected: State
    decision: Move
    txid: str
    note: str
