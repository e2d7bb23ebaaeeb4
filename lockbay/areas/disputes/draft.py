"""A dispute before it is opened."""

from __future__ import annotations

from typing import Final

from attrs import field, frozen

from lockbay.areas.disputed import Reason
from lockbay.areas.disputes.records import FileKind, OpenDispute

SHORTEST_TEXT: Final = 10  # characters
MOST_FILES: Final = 10


@frozen
class File:
    """Something that shows what happened. The id is Telegram's."""

    kind: FileKind
    file_id: str = field(repr=False)
    caption: str = field(default="", repr=False)


@frozen
class Draft:
    """Why, what happened, and what shows it."""

    reason: Reason
    text: str = field(repr=False)
    files: tuple[File, ...] = ()

    def operation(self, user_id: int, trade_id: int) -> OpenDispute:
        """Opens it as this side of that trade."""
        return OpenDispute(
            user_id,
            trade_id,
            self.reason,
            self.text,
            [file.kind for file in self.files],
            [file.file_id for file in self.files],
            [file.caption for file in self.files],
        )
