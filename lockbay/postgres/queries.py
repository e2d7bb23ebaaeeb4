"""The SQL files as typed records. Nothing here does I/O: `database` runs what is declared with these classes.

A View is read, an Operation is done exactly once per request key, a Statement is anything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Generic, TypeVar

from attrs import Factory, frozen

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class View:
    """A record that one statement fetches for one user. Its columns are the fields; `keys` name further parameters.

    `carries` names fields that are views themselves, without keys: they are fetched along and need not be read again.
    One that `passes` is of what changes without anybody being told: it is read at each look.
    """

    file: ClassVar[str]
    keys: ClassVar[tuple[str, ...]] = ()
    carries: ClassVar[tuple[str, ...]] = ()
    passes: ClassVar[bool] = False


class Statement(Generic[T_co]):
    """A record whose fields are the parameters of one SQL file, answered as T.

    T is None, a scalar, a record, either of them or None, or a list of them.
    """

    file: ClassVar[str]


class Operation(Statement[T_co]):
    """A committing operation, answered once per request key: the same key again returns the first outcome.

    `gathers`: several people's may go together in one statement, and so in one transaction. Its function has p_patient:
    when that is false it answers null rather than wait for a lock, and the operation is done by itself, later. A
    function that returns rows does all of them in one call: what it is given are arrays. Those that say something else
    in `gathers_with` go in a statement beside: let few of them touch the same rows, as one of two that meet is done by
    itself, later.
    """

    gathers: ClassVar[bool] = False

    @property
    def gathers_with(self) -> str:
        """Goes together with those alone that say the same here."""
        return ""


@frozen
class Refused:
    """The database refused an operation; nothing changed. `reason` is one snake_case word."""

    reason: str
    details: Mapping[str, str] = Factory(dict)


@frozen
class Change:
    """A view of a user that a committed operation has made old."""

    user_id: int
    view: str
