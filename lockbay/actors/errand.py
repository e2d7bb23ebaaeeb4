"""Errands: what a conversation has done outside of the database, such as having a provider make an address."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Generic, TypeAlias, TypeVar

from lockbay.errors import LockBayError

T_co = TypeVar("T_co", covariant=True)


class UnknownErrand(LockBayError):
    """Nobody runs this errand."""


class Errand(Generic[T_co]):
    """A record that says what is wanted. Who runs it makes the outside call first and then writes the outcome under
    the errand's request key, so a repeated errand may call again but has one outcome. `Refused` is a value, too.
    """


class Inquiry(Errand[T_co]):
    """An errand that only asks and changes nothing. It is in no journal: who goes back in a form asks anew."""


# Runs one kind of errand: (errand, request key) -> its answer, or Refused.
Runner: TypeAlias = Callable[..., Awaitable[object]]  # type: ignore[explicit-any]  # each takes its own kind of errand
