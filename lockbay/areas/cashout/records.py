"""Cash-outs: what is asked of the database, and what it answers. Amounts are exact in their currency, times in UTC."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar, Literal, TypeAlias

from attrs import field, frozen

from lockbay.areas.payout import Cashout, State
from lockbay.postgres.queries import Operation

Decision: TypeAlias = Literal["approve", "decline", "refund", "paid", "retry"]


@frozen
class RequestCashout(Operation[Cashout]):
    """Holds the money of a new cash-out. `amount` None: all there is then. `net` is what was shown as arriving.

    `label` keeps the destination under that name ("": it is not kept). `code` is the one that was mailed, None where
    none is needed. Refused: `terms_changed` (details: fee, net), `insufficient` (details: currency, total, available),
    `below_minimum` (details: least), `inexact_amount`, `unknown_currency`, `own_address` (it is one of LockBay's),
    `daily_count` (details: limit), `daily_usd` and `unverified_daily_usd` (details: limit, left; USD), `no_rate`,
    `not_onboarded`, `blocked`; of the code: `code_needed`, `wrong` (details: tries_left), `too_many` (details:
    retry_at), `expired`.
    """

    file: ClassVar[str] = "cashout/request"
    user_id: int
    currency: str
    network: str
    amount: Decimal | None
    net: Decimal
    address: str
    bank_code: str
    bank_name: str
    account_name: str
    label: str
    code: str | None = field(repr=False)


@frozen
class CancelCashout(Operation[Cashout]):
    """The owner takes back what nobody has begun to send. Refused: `unknown_cashout`, `wrong_state` (details: state)
    when somebody has.
    """

    file: ClassVar[str] = "cashout/cancel"
    user_id: int
    cashout_id: int


@frozen
class DecideCashout(Operation[Cashout]):
    """Somebody of the staff decides: approve or decline what waits for approval; `paid` by hand (with `txid`), refund,
    decline or retry what waits or whose fate is unknown. `expected` is the state that was shown. Refused: `not_staff`,
    `unknown_cashout`, `wrong_state` (details: state; somebody was faster).
    """

    file: ClassVar[str] = "cashout/decide"
    user_id: int
    cashout_id: int
    expected: State
    decision: Decision
    txid: str
    note: str
