"""What a page of the console names, and whether it leads there."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Final

from attrs import Factory, define

SLUG: Final = re.compile(r"\b[TC]-[2-9A-Z]{6,}\b")
# Where a name need not lead anywhere: the page's own, what somebody wrote, what is confirmed.
SILENT: Final = frozenset({"title", "h1", "form", "code", "blockquote", "ol"})
ALONE: Final = frozenset({"input", "meta", "link", "br"})  # they have no end


@define(init=False)
class Named(HTMLParser):
    """What stands on a page outside of links and of what is SILENT."""

    open: list[str] = Factory(list)
    words: list[str] = Factory(list)

    def __init__(self, page: str) -> None:
        super().__init__()
        self.__attrs_init__()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ALONE:
            self.open.append("ol" if ("class", "text") in attrs else tag)

    def handle_endtag(self, tag: str) -> None:
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if "a" not in self.open and not SILENT.intersection(self.open):
            self.words.append(data)


def unlinked(page: str, *names: str) -> list[str]:
    """Of these names, and of the codes of trades and cash-outs, what a page says without leading there."""
    text = " ".join(Named(page).words)
    return [name for name in names if name in text] + SLUG.findall(text)
