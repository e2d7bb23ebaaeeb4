"""What a flow awaits: requests, which the conversation carries out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TypeAlias, TypeVar

from attrs import frozen

from lockbay.actors.errand import Errand
from lockbay.actors.parse import Late, Parse, Reply
from lockbay.actors.screen import Screen
from lockbay.errors import TimedOut
from lockbay.postgres.queries import Operation, View

T = TypeVar("T")
Fits: TypeAlias = Callable[[T], None]


@frozen
class Ask:
    step: str
    screen: Screen
    parse: Parse[object]
    within: timedelta | None
    fits: Fits[object] | None = None

    def taken(self, reply: Reply) -> object:
        """What the flow gets for a reply. Raises Invalid."""
        return TimedOut() if isinstance(reply, Late) else self.parse(reply)

    def given(self, reply: Reply) -> object:
        """The same, for a reply that has just come."""
        taken = self.taken(reply)
        if self.fits is not None and not isinstance(taken, TimedOut):
            self.fits(taken)
        return taken


@frozen
class Read:
    view: type[View]
    keys: tuple[object, ...]


@frozen
class Do:
    step: str
    operation: Operation[object] | Errand[object]


@frozen
class Show:
    screen: Screen


Request: TypeAlias = Ask | Read | Do | Show
