"""Lines of a screen's text, as every area writes them. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from markupsafe import Markup

from lockbay.actors.words import Words, escaped, trusted

BLANK: Final = Markup("")  # a line that is empty

# A name may be written from right to left: isolated, it cannot turn around the amounts beside it.
ISOLATE: Final = "\u2068"
END_ISOLATE: Final = "\u2069"
DIRECTIONS: Final = dict.fromkeys(map(ord, "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))


def lines(*parts: Markup | str | None) -> Markup:
    """Under each other; what is not Markup is escaped, None is left out."""
    return trusted("\n".join([escaped(part) for part in parts if part is not None]))


def paragraphs(parts: Iterable[Markup | str | None]) -> Markup:
    """With an empty line between them; None is left out."""
    return trusted("\n\n".join([escaped(part) for part in parts if part is not None]))


def fact(words: Words, label: str, value: object) -> Markup:
    """Amount: 100 USDT"""
    return words("{label}: <b>{value}</b>", label=label, value=value)


def cut(text: str, most: int) -> str:
    """At most that many characters, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def capital(text: str) -> str:
    """A label as a button, or a line, begins."""
    return text[:1].upper() + text[1:]


def isolated(text: str) -> str:
    """What people wrote, fit to stand inside a line of ours."""
    return text if text.isascii() else f"{ISOLATE}{text.translate(DIRECTIONS)}{END_ISOLATE}"


def quoted(text: str) -> Markup:
    """What somebody wrote, as a block of its own."""
    return Markup("<blockquote>{}</blockquote>").format(text)
