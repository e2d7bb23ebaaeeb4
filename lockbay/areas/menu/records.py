"""The menu: what a person has, and what waits for them."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from attrs import frozen

from lockbay.postgres.queries import View


@frozen
class MenuBalance:
    """A currency that the person has some of."""

    currency: str
    available: Decimal
    held: Decimal


@frozen
class Menu(View):
    """`total_usd` counts what is available and held and has a fresh rate; None: nothing has. `turns` are trades that
    wait for this person, `open_trades` all that have not ended, `invitations` trades to join.
    """

    file: ClassVar[str] = "menu/view"

    first_name: str
    onboarded: bool
    balances: tuple[MenuBalance, ...]
    total_usd: Decimal | None
    turns: int
    open_trades: int
    invitations: int
