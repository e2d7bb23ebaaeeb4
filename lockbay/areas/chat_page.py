"""How messages look wherever people write to each other: a page of them, and one on its own under a head. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final, Protocol, TypeVar

from markupsafe import Markup

from lockbay.actors.screen import Link, Row
from lockbay.actors.words import Words
from lockbay.areas import buttons, pages
from lockbay.areas.messages import CAPTION, MessageKind, file_name, fitted, units
from lockbay.areas.text import lines, quoted
from lockbay.errors import Outdated

FILES: Final = 10  # on one page: each has a button
TAG: Final = re.compile("<[^>]*>")  # Telegram does not count them; what people write is escaped


class Kept(Protocol):
    """A message of a chat: the `n`th. What is known of its author is every chat's own."""

    @property
    def n(self) -> int: ...

    @property
    def kind(self) -> MessageKind: ...

    @property
    def text(self) -> str: ...


K = TypeVar("K", bound=Kept)


def fitting(messages: Sequence[K], draw: Callable[[K], Markup], room: int) -> list[tuple[K, Markup]]:
    """The newest ones that fit into so many UTF-16 units together, the oldest of them first; one always does."""
    shown: list[tuple[K, Markup]] = []
    files = FILES
    for message in reversed(messages):
        drawn = draw(message)
        room -= units(Markup(TAG.sub("", drawn)).unescape()) + 2  # noqa: S704 still escaped
        files -= message.kind != "text"
        if (room < 0 or files < 0) and shown:
            break
        shown.append((message, drawn))
    return shown[::-1]


def below(heading: Markup, shown: Sequence[tuple[Kept, Markup]]) -> Markup:
    """Under a heading, with an empty line above each."""
    return lines(heading, *(line for _, drawn in shown for line in ("", drawn)))


def quotation(words: Words, author: Markup, message: Kept) -> Markup:
    """Who wrote, and what; a file is named above its caption."""
    if message.kind == "text":
        return lines(author, quoted(message.text))
    file = file_name(words, message.kind, message.n)
    return lines(author, quoted(f"{file}: {message.text}" if message.text else file))


def files(words: Words, flow: str, args: tuple[str, ...], shown: Sequence[tuple[Kept, Markup]]) -> tuple[Row, ...]:
    """A button for each file: its name in the text says little, and who was told by mail has not seen it."""
    found = tuple(
        Link(file_name(words, each.kind, each.n), flow, (*args, str(each.n)))
        for each, _ in shown
        if each.kind != "text"
    )
    return buttons.rows(found, 2)


def file_of(messages: Sequence[K], n: int) -> K:
    """The nth message, which has a photo or a document. Raises Outdated when there is no such file."""
    for message in messages:
        if message.n == n and message.kind != "text":
            return message
    raise Outdated


def paging(words: Words, flow: str, args: tuple[str, ...], newest: int, shown: Sequence[tuple[Kept, Markup]]) -> Row:
    """To the newest and to older messages, where there are such."""
    if not shown:
        return ()
    first, last = shown[0][0].n, shown[-1][0].n
    return pages.turning(words, flow, *args, is_first=last >= newest, next=first - 1 if first > 1 else None)


def relayed(head: Markup, kind: MessageKind, text: str) -> Markup:
    """A message under a head, as long as a text or a caption can be."""
    most = CAPTION - units(head.unescape()) - 1 if kind != "text" else len(text) * 2
    return lines(head, quoted(fitted(text, most)) if text else None)
