"""A cash-out on its way: what areas and the payouts’ runner share. Amounts are exact, times in UTC."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Final, Literal, TypeAlias

from attrs import field, frozen

from lockbay.postgres.queries import Operation, Statement

State: TypeAlias = Literal[
    "awaiting_approval", "requested", "sending", "unknown", "waiting", "sent", "done", "refunded", "declined",
    "cancelled",
]  # fmt: skip
MANUAL: Final = "manual"  # as a provider: somebody of the staff
NO_PROVIDER: Final = "no_provider"  # why a cash-out waits: somebody of the staff pays it by hand
Told: TypeAlias = Literal["sent", "done", "failed", "unknown", "waiting"]
Heard: TypeAlias = Literal["done", "failed"]


@frozen
class Cashout:
    """A cash-out as it is now. `amount` has left the wallet, `net` arrives. `reference` is ours: no provider may pay it
    twice. For a bank transfer (`network` BANK) `address` is the account number. `problem` is why it is not further.
    `answered_at` is when its provider has last said that it is on its way.
    """

    id: int
    slug: str
    user_id: int
    currency: str
    network: str
    amount: Decimal
    net: Decimal
    address: str
    bank_code: str
    bank_name: str
    account_name: str
    reference: str
    state: State
    version: int
    provider: str | None
    external_id: str | None
    txid: str | None
    problem: str | None
    tries: int
    created_at: datetime
    sending_at: datetime | None
    ended_at: datetime | None
    answered_at: datetime | None = None


@frozen
class SendCashout(Operation[Cashout]):
    """A provider is about to be asked to pay it: to be committed before it is asked. Refused: `wrong_state` (details:
    state), `told_paid`, `blocked` (whose it is has been; it is set aside): it must not be asked.
    """

    file: ClassVar[str] = "cashout/send"
    cashout_id: int
    provider: str


@frozen
class SettleCashout(Operation[Cashout]):
    """What a provider told of a payout: by its answer, or because it was asked. They may come in any order and repeat:
    what does not fit any more changes nothing; what contradicts the end is told to the staff.

    `sent`: on its way; `done`; `failed`: no money has left, it goes back, but waits for the staff while somebody pays
    it by hand or when another told it paid; `unknown`: to be asked about, never sent again; `waiting`: not taken, an
    operator or a later try decides. Refused: `unknown_cashout`.
    """

    file: ClassVar[str] = "cashout/settle"
    reference: str
    provider: str
    outcome: Told
    external_id: str | None
    txid: str | None
    problem: str | None
    body: bytes = field(repr=False)
    headers: str = field(repr=False)


@frozen
class HearPayout(Operation[Cashout]):
    """What a webhook says of a payout: it moves no money, as more than the provider may know its secret. Whom it was
    given to is asked about it at once. Refused: `unknown_cashout`.
    """

    file: ClassVar[str] = "cashout/hear"
    reference: str
    provider: str
    outcome: Heard
    external_id: str | None
    txid: str | None
    body: bytes = field(repr=False)
    headers: str = field(repr=False)


@frozen
class SaveRoutes(Statement[None]):
    """Which coins some provider pays by itself over which networks, pair by pair; all others are paid by hand.
    Idempotent.
    """

    file: ClassVar[str] = "cashout/routes"
    currencies: list[str]
    networks: list[str]
