"""Notices: how a row of the outbox is told to a person. Areas list theirs by kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from attrs import frozen

from lockbay.actors.screen import Screen

Draw: TypeAlias = Callable[..., Screen]  # type: ignore[explicit-any]  # each takes its own kind of record


@frozen
class Notice:
    """`record` is what the row's data is structured into, `draw(words, record)` what the person sees in the chat.

    The same screen goes out as an e-mail: its first line is the subject, its buttons become a link to the chat.
    """

    record: type[object]
    draw: Draw
