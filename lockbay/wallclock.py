"""The time of day that deadlines are made of. Tests bring a clock of their own and move it."""

from datetime import UTC, datetime
from typing import Protocol


class WallClock(Protocol):
    """Tells the time, always aware and in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)
