"""Broadcasts, as the broadcaster finds them."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from attrs import field, frozen

from lockbay.areas.admin.broadcast_records import State
from lockbay.areas.messages import MessageKind
from lockbay.postgres.queries import Statement


@frozen
class Running:
    """The one that is to be sent now. Everybody up to `at_user` has been told."""

    id: int
    kind: MessageKind
    text: str = field(repr=False)
    file_id: str = field(repr=False)
    at_user: int


@frozen
class NextBroadcast(Statement["Running | None"]):
    """One at a time: the oldest that runs."""

    file: ClassVar[str] = "broadcasts/next"


@frozen
class Hearer:
    """Somebody whom it is for; `muted`: who does not want to hear it."""

    user_id: int
    language: str
    time_zone: str
    quiet_from: int | None
    quiet_until: int | None
    muted: bool


@frozen
class Hearers:
    """Those whom it is for, of some who were looked at, up to `reached`; `more`: there may be others behind."""

    people: tuple[Hearer, ...]
    reached: int
    more: bool


@frozen
class HearersAfter(Statement[Hearers]):
    """Looks at most at so many people behind one."""

    file: ClassVar[str] = "broadcasts/page"
    broadcast_id: int
    after: int
    most: int


@frozen
class Advanced:
    """Where it stands. `told`: its owner is; `owners` have read ahead what is old now."""

    state: State
    told: bool
    owners: tuple[int, ...]


@frozen
class AdvanceBroadcast(Statement["Advanced | None"]):
    """Counts those behind `from_user` up to `to_user`. Once: None when that was done before. `is_over`: there is nobody
    behind them. Those of them who are `later` hear it from the outbox, each when it is `due`, and count as sent.
    """

    file: ClassVar[str] = "broadcasts/advance"
    broadcast_id: int
    from_user: int
    to_user: int
    sent: int
    blocked: int
    failed: int
    muted: int
    unknown: int
    later: list[int]
    due: list[datetime]
    is_over: bool
