"""Lines of a screen's text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from markupsafe import Markup

LINE: Final = Markup("\n")
GAP: Final = Markup("\n\n")


def lines(*parts: Markup | str | None) -> Markup:
    """Under each other; what is not Markup is escaped, None is left out."""
    return LINE.join(part for part in parts if part is not None)


def paragraphs(parts: Iterable[Markup | str | None]) -> Markup:
    """With an empty line between them; None is left out."""
    return GAP.join(part for part in parts if part is not None)


def cut(text: str, most: int) -> str:
    """At most that many characters, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"
