"""What did not get through: updates that failed three times, notices that nobody got. For those who answer people, and
owners.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from attrs import field, frozen

from lockbay.postgres.queries import Operation, View


@frozen
class LetterLine:
    """An update that failed three times, and whose it is."""

    id: int
    at: datetime
    user_id: int
    name: str
    error: str


@frozen
class DeadLetters(View):
    """A page of them, the oldest first: chat.read(DeadLetters, 0) begins. `waiting` is how many there are."""

    file: ClassVar[str] = "admin/letters"
    keys: ClassVar[tuple[str, ...]] = ("after",)
    passes: ClassVar[bool] = True

    letters: tuple[LetterLine, ...]
    next: int | None
    waiting: int


@frozen
class DeadLetter(View):
    """One of them: what kind of update it was, and what was `said` or pressed. `busy`: its sender is in the middle of
    something.
    """

    file: ClassVar[str] = "admin/letter"
    keys: ClassVar[tuple[str, ...]] = ("update_id",)

    id: int
    at: datetime
    user_id: int
    name: str
    error: str
    kind: str
    said: str = field(repr=False)
    busy: bool


@frozen
class EndLetter(Operation[bool]):
    """`retry` gives an update back to its sender's actor, as if it had just come; else it is discarded. Refused:
    `not_staff`, `wrong_state` (somebody has, or there is none), `bad_note` (a reason is needed to discard), `busy` (it
    would answer another question).
    """

    file: ClassVar[str] = "admin/end_letter"
    user_id: int
    update_id: int
    retry: bool
    why: str


@frozen
class UntoldLine:
    """A notice that nobody got, and the last error."""

    id: int
    kind: str
    user_id: int | None
    name: str
    at: datetime
    error: str


@frozen
class Untold(View):
    """A page of them, the newest first: chat.read(Untold, 0) begins."""

    file: ClassVar[str] = "admin/untold"
    keys: ClassVar[tuple[str, ...]] = ("before",)

    notices: tuple[UntoldLine, ...]
    next: int | None


@frozen
class Retell(Operation[int]):
    """A notice that nobody got is told again. Refused: `not_staff`, `wrong_state`."""

    file: ClassVar[str] = "admin/retell"
    user_id: int
    notice_id: int
