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
    """`total_usd` counts what is available and held and has a fresh rate; None: nothing has.

    `turns` are trades in which it is this person's turn, `proposals` those whose other side proposes to cancel, `chats`
    those with messages that they have not read, `waiting` all of these, each once. `open_trades` have not ended,
    `disputes` are those of them that the staff decides. `unrated` deals have ended lately, of which `rate_next` is the
    newest. `invitations` are trades to join, `answers` those of support that they have not read. `duties` wait for the
    staff; None: the person is none of them.
    """

    file: ClassVar[str] = "menu/view"

    first_name: str
    onboarded: bool
    balances: tuple[MenuBalance, ...]
    total_usd: Decimal | None
    turns: int
    open_trades: int
    invitations: int
    proposals: int = 0
    disputes: int = 0
    chats: int = 0
    waiting: int = 0
    unrated: int = 0
    rate_next: int | None = None
    answers: int = 0
    duties: int | None = None
