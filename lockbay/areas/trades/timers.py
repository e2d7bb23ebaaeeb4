"""What happens to a trade because time passes: which deadline has passed, and the operation that acts upon it."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Final, Literal, TypeAlias

from attrs import frozen

from lockbay.areas.trades.records import TradeState
from lockbay.postgres.queries import Operation

Timer: TypeAlias = Literal["expire", "unanswered", "undelivered", "release"]


@frozen
class ExpireTrade(Operation[TradeState]):
    """The clock: not paid in time. Refused, and not remembered: `too_early`."""

    file: ClassVar[str] = "trades/expire"
    trade_id: int


@frozen
class RefundUnanswered(Operation[TradeState]):
    """The clock: the seller said nothing. The buyer gets everything back. Refused, and not remembered: `too_early`."""

    file: ClassVar[str] = "trades/refund_unanswered"
    trade_id: int


@frozen
class RefundUndelivered(Operation[TradeState]):
    """The clock: not delivered, not even in the days of grace. The buyer gets everything back. Refused, and not
    remembered: `too_early`.
    """

    file: ClassVar[str] = "trades/refund_undelivered"
    trade_id: int


@frozen
class ReleaseDelivered(Operation[TradeState]):
    """The clock: delivered, and the buyer said nothing. Refused, and not remembered: `too_early`."""

    file: ClassVar[str] = "trades/release_delivered"
    trade_id: int


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
        return TIMERS[self.kind](self.trade_id)


TIMERS: Final[dict[Timer, type[ExpireTrade | RefundUnanswered | RefundUndelivered | ReleaseDelivered]]] = {
    "expire": ExpireTrade,
    "unanswered": RefundUnanswered,
    "undelivered": RefundUndelivered,
    "release": ReleaseDelivered,
}
