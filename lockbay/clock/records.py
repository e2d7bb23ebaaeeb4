"""What time has brought about: what is asked of the database."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from attrs import frozen

from lockbay.areas.trades.timers import DueReminder, DueTimer
from lockbay.postgres.queries import Statement


@frozen
class PassedDeadline:
    """A question that nobody answered within its time."""

    user_id: int
    conversation: int
    question: int
    deadline: datetime


@frozen
class Due:
    """What is to be done by now, each kind the oldest first. `aged` are users whose conversations are over. While
    `owes_time`, no timer and no reminder is due: first all trades get back a time in which nobody could act.
    """

    timers: tuple[DueTimer, ...]
    reminders: tuple[DueReminder, ...]
    deadlines: tuple[PassedDeadline, ...]
    aged: tuple[int, ...]
    owes_time: bool


@frozen
class AskDue(Statement[Due]):
    """At most `most` of each kind, without trades and users that are put aside."""

    file: ClassVar[str] = "clock/due"
    aged_at: datetime
    trades_aside: list[int]
    users_aside: list[int]
    most: int


@frozen
class ForgetConversations(Statement[None]):
    """Deletes those of these users' conversations that nobody has touched since `aged_at`. Idempotent."""

    file: ClassVar[str] = "clock/forget"
    user_ids: list[int]
    aged_at: datetime
