"""What happens to a trade because time passes: deadlines that have passed or come near, and what the clock does."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal, TypeAlias

from attrs import frozen

from lockbay.areas.trades.records import TradeState
from lockbay.postgres.queries import Operation

Timer: TypeAlias = Literal["expire", "unanswered", "undelivered", "release"]


@frozen
class ElapseTrade(Operation[TradeState]):
    """The clock: a trade was not paid in time and expires, the seller did not answer or not deliver and the buyer gets
    everything back, the buyer said nothing about the delivery and the seller is paid. Refused, and not remembered:
    `too_early`.
    """

    file: ClassVar[str] = "trades/elapse"
    trade_id: int
    timer: Timer


@frozen
class RemindTrade(Operation[int]):
    """The clock: tells whose turn it is how long they have; answers how many were told. Late, only the newest reminder
    is told, and none past the deadline. Refused: `wrong_state` (there is no such reminder any more); not remembered:
    `too_early`.
    """

    file: ClassVar[str] = "trades/remind"
    trade_id: int
    due_at: datetime


@frozen
class DueTimer:
    """A deadline that has passed and not been acted upon."""

    trade_id: int
    kind: Timer
    due_at: datetime

    @property
    def key(self) -> str:
        """The request key: each timer of a trade fires once."""
        return f"{self.kind}.{self.trade_id}"

    @property
    def operation(self) -> Operation[TradeState]:
        """What the clock has to do."""
        return ElapseTrade(self.trade_id, self.kind)


@frozen
class DueReminder:
    """A deadline that has come so near that somebody must hear of it."""

    trade_id: int
    due_at: datetime

    @property
    def kind(self) -> str:
        """As metrics call it."""
        return "remind"

    @property
    def key(self) -> str:
        """The request key: no two reminders of a trade are due at the same moment."""
        return f"remind.{self.trade_id}.{self.due_at:%Y%m%dT%H%M%S.%f}"

    @property
    def operation(self) -> Operation[int]:
        """What the clock has to do."""
        return RemindTrade(self.trade_id, self.due_at)
