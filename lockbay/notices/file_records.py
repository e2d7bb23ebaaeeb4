"""Files that people ordered, as the clerk finds them."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Final, Literal

from attrs import field, frozen

from lockbay.postgres.queries import Statement

EXPORT: Final = "export"  # the kind of what the staff takes along; all else are statements
END: Final = b"END\n"  # the last line that the printer gets


@frozen
class FileOrder:
    """One file to be made. `about` is JSON, of what its kind of file needs."""

    id: int
    user_id: int
    kind: str
    format: Literal["csv", "pdf"]
    about: str = field(repr=False)
    asked_at: datetime
    attempts: int
    first_name: str = field(repr=False)
    username: str | None = field(repr=False)
    language: str
    time_zone: str


@frozen
class DueFiles(Statement[list[FileOrder]]):
    """Ten at most, the oldest first."""

    file: ClassVar[str] = "files/due"


@frozen
class EndFile(Statement[None]):
    """It was sent, or never will be. Idempotent."""

    file: ClassVar[str] = "files/end"
    order_id: int
    problem: str | None


@frozen
class PostponeFile(Statement[None]):
    """It is tried again."""

    file: ClassVar[str] = "files/postpone"
    order_id: int
    due_at: datetime
    problem: str


@frozen
class Page:
    """Some lines of a file, as JSON; None: there are no more. `last` is where the next page goes on."""

    lines: str | None
    last: int


@frozen
class ExportPage(Page):
    """`allowed`: who ordered it may still see it."""

    allowed: bool


@frozen
class ExportLines(Statement[ExportPage]):
    """At most `most` lines of a table that the staff ordered, after one."""

    file: ClassVar[str] = "admin/export_lines"
    order_id: int
    after: int
    most: int


@frozen
class StatementLines(Statement[Page]):
    """At most `most` movements of an ordered statement, after one."""

    file: ClassVar[str] = "history/lines"
    order_id: int
    after: int
    most: int
