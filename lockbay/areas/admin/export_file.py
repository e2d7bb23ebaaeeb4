"""The tables that the staff takes along, as CSV. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Final, Literal, TypeAlias

from attrs import frozen

from lockbay.actors.words import Words
from lockbay.areas.csv_file import Cell, csv_file
from lockbay.postgres.queries import Operation

What: TypeAlias = Literal["trades", "cashouts", "movements", "actions"]
Raw: TypeAlias = str | None  # as it comes out of JSON: numbers are texts, too
Column: TypeAlias = tuple[str, Callable[[str], Cell]]  # its label, and how a text becomes a cell


@frozen
class AskExport(Operation[int]):
    """Somebody of the staff orders a table, which is sent when it is made; answers the order's id. `person` 0: no
    movements are asked for. Refused: `not_staff`, `too_many` (three are under way), `unknown_person`, `nothing`.
    """

    file: ClassVar[str] = "admin/ask_export"
    user_id: int
    what: What
    person: int
    period: str
    from_at: datetime | None
    until_at: datetime | None


@frozen
class Exported:
    """What was ordered. `cut`: it has the newest only, as many as fit a file."""

    what: What
    period: str
    cut: bool
    person: str | None


def as_csv(words: Words, what: What, lines: Iterable[Sequence[Raw]]) -> bytes:
    """A line each. Times are in the time zone of whoever asked; what people wrote is run by no spreadsheet."""
    columns = COLUMNS[what]
    header = [words.label(label) for label, _ in columns]
    return csv_file(header, (_cells(columns, line) for line in lines), words)


def _cells(columns: Sequence[Column], line: Sequence[Raw]) -> list[Cell]:
    return [None if raw is None else read(raw) for (_, read), raw in zip(columns, line, strict=True)]


def _text(raw: str) -> Cell:
    return raw


_id: Final = int
_time: Final = datetime.fromisoformat

COLUMNS: Final[Mapping[What, Sequence[Column]]] = {
    "trades": (
        ("Code", _text),
        ("Created", _time),
        ("State", _text),
        ("Buyer’s number", _id),
        ("Buyer", _text),
        ("Seller’s number", _id),
        ("Seller", _text),
        ("Currency", _text),
        ("Amount", Decimal),
        ("Buyer’s fee", Decimal),
        ("Seller’s fee", Decimal),
        ("Held", Decimal),
        ("Agreed for the seller", Decimal),
        ("To the seller", Decimal),
        ("Back to the buyer", Decimal),
        ("Our fee", Decimal),
        ("Worth in USD", Decimal),
        ("Paid", _time),
        ("Accepted", _time),
        ("Delivered", _time),
        ("Ended", _time),
        ("Description", _text),
    ),
    "cashouts": (
        ("Code", _text),
        ("Requested", _time),
        ("State", _text),
        ("Person’s number", _id),
        ("Person", _text),
        ("Currency", _text),
        ("Network", _text),
        ("Amount", Decimal),
        ("Arrives", Decimal),
        ("Worth in USD", Decimal),
        ("To", _text),
        ("Bank", _text),
        ("Account holder", _text),
        ("Provider", _text),
        ("Provider’s number", _text),
        ("Transaction", _text),
        ("Decided by", _text),
        ("Decided", _time),
        ("Ended", _time),
        ("Problem", _text),
    ),
    "movements": (
        ("Time", _time),
        ("Entry’s number", _id),
        ("Account", _text),
        ("Currency", _text),
        ("What", _text),
        ("Amount", Decimal),
        ("Balance", Decimal),
        ("Trade", _text),
        ("Note", _text),
    ),
    "actions": (
        ("Time", _time),
        ("Entry’s number", _id),
        ("Number of who did it", _id),
        ("By", _text),
        ("What", _text),
        ("Of what", _text),
        ("Why", _text),
        ("Before", _text),
        ("After", _text),
    ),
}
