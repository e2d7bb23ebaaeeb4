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
Column: TypeAlias = tuple[Callable[[Words], str], Callable[[str], Cell]]


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
    """A line each. Times are in the time zone of who asked; what people wrote is run by no spreadsheet."""
    columns = COLUMNS[what]
    header = [label(words) for label, _ in columns]
    return csv_file(header, (_cells(columns, line) for line in lines), words.zone)


def _cells(columns: Sequence[Column], line: Sequence[Raw]) -> list[Cell]:
    return [None if raw is None else read(raw) for (_, read), raw in zip(columns, line, strict=True)]


def _text(raw: str) -> Cell:
    return raw


_id: Final = int
_time: Final = datetime.fromisoformat

COLUMNS: Final[Mapping[What, Sequence[Column]]] = {
    "trades": (
        (lambda words: words.label("Code"), _text),
        (lambda words: words.label("Created"), _time),
        (lambda words: words.label("State"), _text),
        (lambda words: words.label("Buyer’s number"), _id),
        (lambda words: words.label("Buyer"), _text),
        (lambda words: words.label("Seller’s number"), _id),
        (lambda words: words.label("Seller"), _text),
        (lambda words: words.label("Currency"), _text),
        (lambda words: words.label("Amount"), Decimal),
        (lambda words: words.label("Buyer’s fee"), Decimal),
        (lambda words: words.label("Seller’s fee"), Decimal),
        (lambda words: words.label("Held"), Decimal),
        (lambda words: words.label("For the seller"), Decimal),
        (lambda words: words.label("Worth in USD"), Decimal),
        (lambda words: words.label("Paid"), _time),
        (lambda words: words.label("Accepted"), _time),
        (lambda words: words.label("Delivered"), _time),
        (lambda words: words.label("Ended"), _time),
        (lambda words: words.label("Description"), _text),
    ),
    "cashouts": (
        (lambda words: words.label("Code"), _text),
        (lambda words: words.label("Requested"), _time),
        (lambda words: words.label("State"), _text),
        (lambda words: words.label("Person’s number"), _id),
        (lambda words: words.label("Person"), _text),
        (lambda words: words.label("Currency"), _text),
        (lambda words: words.label("Network"), _text),
        (lambda words: words.label("Amount"), Decimal),
        (lambda words: words.label("Arrives"), Decimal),
        (lambda words: words.label("Worth in USD"), Decimal),
        (lambda words: words.label("To"), _text),
        (lambda words: words.label("Bank"), _text),
        (lambda words: words.label("Account holder"), _text),
        (lambda words: words.label("Provider"), _text),
        (lambda words: words.label("Provider’s number"), _text),
        (lambda words: words.label("Transaction"), _text),
        (lambda words: words.label("Decided by"), _text),
        (lambda words: words.label("Decided"), _time),
        (lambda words: words.label("Ended"), _time),
        (lambda words: words.label("Problem"), _text),
    ),
    "movements": (
        (lambda words: words.label("Time"), _time),
        (lambda words: words.label("Number"), _id),
        (lambda words: words.label("Account"), _text),
        (lambda words: words.label("Currency"), _text),
        (lambda words: words.label("What"), _text),
        (lambda words: words.label("Amount"), Decimal),
        (lambda words: words.label("Balance"), Decimal),
        (lambda words: words.label("Trade"), _text),
        (lambda words: words.label("Note"), _text),
    ),
    "actions": (
        (lambda words: words.label("Time"), _time),
        (lambda words: words.label("Number"), _id),
        (lambda words: words.label("Number of who did it"), _id),
        (lambda words: words.label("By"), _text),
        (lambda words: words.label("What"), _text),
        (lambda words: words.label("Of what"), _text),
        (lambda words: words.label("Why"), _text),
        (lambda words: words.label("Before"), _text),
        (lambda words: words.label("After"), _text),
    ),
}
