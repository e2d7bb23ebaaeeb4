"""Tables as CSV: RFC 4180, for spreadsheets. Pure.

UTF-8 with a byte order mark: without one, Excel takes it for the alphabet of its country. A text that a spreadsheet
would run as a formula gets a ' in front (OWASP, CSV Injection); numbers and times are ours and stay as they are.
Where the decimal sign is a comma, Excel takes ; for the separator, and does not see the quotes around a field: what is
behind one is a cell of its own, and is guarded as such.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Final, TypeAlias

from lockbay.money import plain

Cell: TypeAlias = str | int | Decimal | datetime | None

# Also as wide and small forms, which some spreadsheets take for the same, and behind what nobody sees.
FORMULA: Final = r"[=+\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b]"
UNSEEN: Final = r"\s\x00-\x1f\x7f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\""
BEGINS: Final = re.compile(rf" *[\t\r\n]|[{UNSEEN}]*{FORMULA}")
BEHIND_SEPARATOR: Final = re.compile(rf"(?<=[;|\t\r\n])(?=[{UNSEEN}']*{FORMULA})")


def csv_file(header: Sequence[str], rows: Iterable[Sequence[Cell]], zone: tzinfo) -> bytes:
    """The whole file. Times are in `zone`, with its offset; amounts have all their digits and a point."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([cell(each, zone) for each in header])
    writer.writerows([cell(each, zone) for each in row] for row in rows)
    return text.getvalue().encode("utf-8-sig", "replace")


def cell(value: Cell, zone: tzinfo) -> str:
    """One value as it stands in the file."""
    match value:
        case None:
            return ""
        case Decimal():
            return plain(value)
        case datetime():
            return value.astimezone(zone).isoformat(sep=" ", timespec="seconds")
        case int():
            return str(value)
        case str():
            return guarded(value)


def guarded(text: str) -> str:
    """What nobody's spreadsheet runs, whatever separates its cells. White space in front does not hide a formula."""
    inside = BEHIND_SEPARATOR.sub("'", text)
    return f"'{inside}" if BEGINS.match(text) else inside
