"""Formatted text: plain text with entities, and what Telegram marks by itself. Offsets count UTF-16 units."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from attrs import evolve, frozen

from lockbay.sandbox.wire import Object, present


@frozen
class Entity:
    """A stretch of a text that is something: bold, a link, a command."""

    type: str
    offset: int
    length: int
    url: str = ""
    language: str = ""
    custom_emoji_id: str = ""
    unix_time: int | None = None

    @property
    def end(self) -> int:
        return self.offset + self.length

    def as_json(self) -> Object:
        extra = present(
            url=self.url, language=self.language, custom_emoji_id=self.custom_emoji_id, unix_time=self.unix_time
        )
        return {"type": self.type, "offset": self.offset, "length": self.length, **extra}


@frozen
class Formatted:
    """Plain text and its entities, in order."""

    text: str
    entities: tuple[Entity, ...] = ()

    @property
    def length(self) -> int:
        return units(self.text)


def units(text: str) -> int:
    """How long Telegram thinks it is."""
    return len(text) + sum(character > "\uffff" for character in text)


def trimmed(formatted: Formatted) -> Formatted:
    """Without the white space around the text, as messages are kept."""
    text = formatted.text.rstrip()
    lost = units(text) - units(text.lstrip())
    size = units(text.lstrip())
    moved = (_cut(entity, lost, size) for entity in formatted.entities)
    return Formatted(text.lstrip(), tuple(entity for entity in moved if entity.length > 0))


# What Telegram marks by itself, in order of precedence.
FOUND: Final = (
    ("url", re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]|(?<![\w@.])(?:t\.me|telegram\.me)/[\w/?=&+-]+")),
    ("email", re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("bot_command", re.compile(r"(?<![\w/<>])/[a-zA-Z0-9_]{1,64}(?:@[a-zA-Z0-9_]{3,32})?(?![\w/])")),
    ("mention", re.compile(r"(?<![\w@])@[a-zA-Z][a-zA-Z0-9_]{2,31}(?!\w)")),
    ("hashtag", re.compile(r"(?<![\w#])#\w*[^\W\d]\w*")),
)


def with_found(formatted: Formatted) -> Formatted:
    """With commands, links, addresses, mentions and hashtags marked that stand in the text."""
    taken = [e for e in formatted.entities if e.type in ("code", "pre", "text_link")]
    for entity in _found(formatted.text):
        if not touches(entity, taken):
            taken.append(entity)
    entities = {*formatted.entities, *taken}
    return Formatted(formatted.text, tuple(sorted(entities, key=lambda e: (e.offset, -e.length, e.type))))


def _found(text: str) -> Iterator[Entity]:
    for kind, pattern in FOUND:
        for match in pattern.finditer(text):
            yield Entity(kind, units(text[: match.start()]), units(match[0]))


def touches(entity: Entity, others: Iterable[Entity]) -> bool:
    """Whether it overlaps any of them."""
    """Whether it overlaps any of them."""
    return any(entity.offset < other.end and other.offset < entity.end for other in others)


def _cut(entity: Entity, lost: int, size: int) -> Entity:
    begin, end = max(entity.offset - lost, 0), min(entity.end - lost, size)
    return evolve(entity, offset=begin, length=end - begin)
