"""The proof of the books: from the rows alone, on a live system, in one snapshot."""

from __future__ import annotations

import json
import time
from decimal import Decimal
from typing import ClassVar, Final

from attrs import asdict, astuple, frozen
from prometheus_client import Gauge
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from lockbay.errors import SchemaMismatch
from lockbay.money import plain
from lockbay.postgres.bridge import Limits, StatementFailed
from lockbay.postgres.catalogue import Catalogue
from lockbay.postgres.database import Database, open_database
from lockbay.postgres.queries import Statement

DIFFERENCES = Gauge("lockbay_audit_differences", "Differences that the last audit found; up to 1000 are counted")
AUDITED_AT = Gauge("lockbay_audit_timestamp_seconds", "When the last audit ended; before the first: the start")
SECONDS = Gauge("lockbay_audit_seconds", "How long the last audit took")

PATIENT: Final = Limits(connections=1, statement=600)  # it reads every row there is
WIDEST: Final = 100_000  # letters: more than any report has in a line
NO_SUCH_THING: Final = "42"  # the class of SQLSTATEs of tables, columns and functions that are not there


@frozen
class Difference:
    """Something that must be equal and is not. `kind` is one snake_case word, `subject` the row it is about."""

    kind: str
    subject: str
    expected: str
    found: str


@frozen
class Total:
    """A currency's books. came_in + opening + promotions = people + held + fees + exchange + went_out +
    corrections, which is above zero when more was taken back than given.
    """

    currency: str
    came_in: Decimal
    opening: Decimal
    promotions: Decimal
    people: Decimal
    held: Decimal
    fees: Decimal
    exchange: Decimal
    went_out: Decimal
    corrections: Decimal = Decimal(0)


@frozen
class Report:
    """What the audit found. `differences` holds the first 1000; none: the books are right. `unapplied` payments wait
    for somebody's decision: that is no difference.
    """

    differences: tuple[Difference, ...]
    totals: tuple[Total, ...]
    transfers: int
    postings: int
    trades: int
    unapplied: int

    @property
    def passed(self) -> bool:
        """Whether the books are right."""
        return not self.differences


@frozen
class AuditBooks(Statement[Report]):
    """Reads every posting: give it time, and a database whose statements may take that."""

    file: ClassVar[str] = "audit/report"


@frozen
class SnapshotLedger(Statement[None]):
    """Sums the system accounts up to now, so that reading them stays quick. Any time, any number of times."""

    file: ClassVar[str] = "ledger/snapshot"


async def audit_at(url: str, catalogue: Catalogue | None = None) -> Report:
    """`audit`, on a connection of its own, whose statements may take their time."""
    async with open_database(url, limits=PATIENT, catalogue=catalogue) as database:
        return await audit(database)


async def audit(database: Database) -> Report:
    """Proves the books, or tells where they are wrong. Changes nothing, locks nobody. Raises SchemaMismatch when there
    are no books of this release.
    """
    began = time.time()
    try:
        report = await database.run(AuditBooks())
    except StatementFailed as error:
        if error.code.startswith(NO_SUCH_THING):
            raise SchemaMismatch("The database is not of this release: python -m lockbay --migrate first.") from error
        raise
    DIFFERENCES.set(len(report.differences))
    AUDITED_AT.set(time.time())
    SECONDS.set(time.time() - began)
    return report


def as_json(report: Report) -> str:
    """The report for programs; money is text."""
    return json.dumps({"passed": report.passed, **asdict(report)}, default=str, indent=2)


def as_tables(report: Report) -> Group:
    """The report for people."""
    books = Table(title="Books")
    columns = ("Came in", "Opening", "Promotions", "People", "Held", "Fees", "Exchange", "Went out", "Corrections")
    for name in ("", *columns):
        books.add_column(name, justify="right")
    for total in report.totals:
        books.add_row(*(_cell(value) for value in astuple(total)))
    summary = f"{report.transfers} transfers, {report.postings} postings, {report.trades} trades, "
    verdict = "the books are right" if report.passed else f"{len(report.differences)} differences"
    parts = [books, *([_differences(report)] if report.differences else [])]
    return Group(*parts, f"{summary}{report.unapplied} unapplied payments: {verdict}.")


def show(console: Console, report: Report) -> None:
    """The report for people, with every digit: lines that are too long for the window are wrapped, not cut."""
    shown = as_tables(report)
    wide = console.measure(shown, options=console.options.update(width=WIDEST)).maximum
    console.width = max(console.width, wide)
    console.print(shown, soft_wrap=True)


def _differences(report: Report) -> Table:
    table = Table("Kind", "Subject", "Expected", "Found", title="Differences")
    for difference in report.differences:
        table.add_row(*(Text(said) for said in astuple(difference)))  # as it is: no markup
    return table


def _cell(value: str | Decimal) -> str:
    return plain(value) if isinstance(value, Decimal) else value
