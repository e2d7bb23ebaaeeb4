"""Tables as CSV: RFC 4180, for spreadsheets. Pure.

UTF-8 with a byte order mark: without one, Excel takes it for the alphabet of its country. A text that a spreadsheet
would run as a formula gets a ' in front (OWASP, CSV Injection); numbers and times are ours and stay as they are.
Where the decimal sign is a comma, spreadsheets take ; for the separator, and a point for no number: who writes so gets
such a file. Whoever takes another separator does not see the quotes around a field: what is behind one is a cell of its
own, and is guarded as such.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Final, TypeAlias

from lockbay.actors.words import Words
from lockbay.money import plain

Cell: TypeAlias = str | int | Decimal | datetime | None

# Also as wide and small forms, which some spreadsheets take for the same, and behind what nobody sees.
FORMULA: Final = r"[=+\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b]"
UNSEEN: Final = r"\s\x00-\x1f\x7f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\""
BEGINS: Final = re.compile(rf" *[\t\r\n]|[{UNSEEN}]*{FORMULA}")
Writes: TypeAlias = Callable[[Cell], str]


def csv_file(header: Sequence[str], rows: Iterable[Sequence[Cell]], words: Words) -> bytes:
    """The whole file. Times are in the person's zone, with its offset; amounts have all their digits, and no groups."""
    text = io.StringIO(newline="")
    has_commas = words.writing != "1,250.5"
    writer = csv.writer(text, delimiter=";" if has_commas else ",", lineterminator="\r\n")
    written = _cells(words, ",;|" if has_commas else ";|", "," if has_commas else ".")
    writer.writerow([written(each) for each in header])
    writer.writerows([written(each) for each in row] for row in rows)
    return text.getvalue().encode("utf-8-sig", "replace")


def _cells(words: Words, separators: str, point: str) -> Writes:
    """`separators` are those of others that a field may hold without quotes that they see."""

    def written(value: Cell) -> str:
        match value:
            case None:
                return ""
            case Decimal():
                return plain(value).replace(".", point)
            case datetime():
                return value.astimezone(words.zone).isoformat(sep=" ", timespec="seconds")
            case int():
                return str(value)
            case str():
                return guarded(value, separators)

    return written


def guarded(text: str, separators: str = ";|") -> str:
    """What nobody's spreadsheet runs, whatever separates its cells. White space in front does not hide a formula."""
    inside = _behind(separators).sub("'", text)
    return f"'{inside}" if BEGINS.match(text) else inside


@lru_cache
def _behind(separators: str) -> re.Pattern[str]:
    return re.compile(rf"(?<=[{separators}\t\r\n])(?=[{UNSEEN}']*{FORMULA})")
