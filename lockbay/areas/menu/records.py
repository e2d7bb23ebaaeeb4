"""The menu: what a person has, and what waits for them; and the help: what things cost."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from attrs import frozen

from lockbay.areas.balances import Wallet
from lockbay.postgres.queries import View


@frozen
class Menu(View):
    """`turns` are trades in which it is this person's turn, `proposals` those whose other side proposes to cancel,
    `chats` those with messages that they have not read, `waiting` all of these, each once. `disputes`
    those that the staff decides. `unrated` deals have ended lately, of which `rate_next` is the newest. `invitations`
    are trades to join, `answers` those of support that they have not read. `duties` wait for the staff; None: the
    person is none of them.
    """

    file: ClassVar[str] = "menu/view"
    carries: ClassVar[tuple[str, ...]] = ("wallet",)  # where most people go next

    first_name: str
    onboarded: bool
    wallet: Wallet
    turns: int
    invitations: int
    proposals: int = 0
    disputes: int = 0
    chats: int = 0
    waiting: int = 0
    unrated: int = 0
    rate_next: int | None = None
    answers: int = 0
    duties: int | None = None


@frozen
class CashoutFee:
    """What a network takes of a cash-out, in the coin."""

    currency: str
    network: str
    fee: Decimal


@frozen
class Costs(View):
    """What LockBay takes, in percent: of a trade (with this person's discount), and of an exchange."""

    file: ClassVar[str] = "menu/help"

    fee_percent: Decimal
    discount_percent: Decimal
    spread_percent: Decimal
    cash_outs: tuple[CashoutFee, ...]
