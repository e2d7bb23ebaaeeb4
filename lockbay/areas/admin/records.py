"""Administration: the state of the house on one page."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from attrs import frozen

from lockbay.postgres.queries import Statement, View


@frozen
class TradeCount:
    """How many open trades are in a state."""

    state: str
    trades: int


@frozen
class HeldMoney:
    """What is held in open trades."""

    currency: str
    amount: Decimal


@frozen
class UnappliedPayment:
    """Money that arrived and fits nothing."""

    id: int
    at: datetime
    reason: str
    provider: str
    currency: str
    network: str
    address: str
    amount: Decimal
    txid: str


@frozen
class AdminDashboard(View):
    """Who may see it is decided by who reads it. The ages are the oldest waiting rows' times; None: nothing waits."""

    file: ClassVar[str] = "admin/dashboard"

    users: int
    onboarded: int
    open_trades: tuple[TradeCount, ...]
    held: tuple[HeldMoney, ...]
    unapplied: tuple[UnappliedPayment, ...]
    unapplied_count: int
    dead_letters: int
    oldest_update_at: datetime | None
    oldest_notice_at: datetime | None


@frozen
class SaveStaff(Statement[None]):
    """Remembers who runs LockBay and hears what the house must know. Idempotent."""

    file: ClassVar[str] = "admin/staff"
    user_ids: list[int]
