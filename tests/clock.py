"""A wall clock that stands still until a test moves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from attrs import define

START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@define
class MovedClock:
    """Tells the same time until it is moved."""

    time: datetime = START

    def now(self) -> datetime:
        return self.time

    def advance(self, step: timedelta) -> None:
        self.time += step


@define
class ShiftedClock:
    """The machine's time, moved on by what tests add: for services that run, and try again after a while."""

    shift: timedelta = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.shift

    def advance(self, step: timedelta) -> None:
        self.shift += step
