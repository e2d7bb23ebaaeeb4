"""Makes one file, in a process of its own: python -m lockbay.notices.printer. What it takes does not slow the service
down, neither its time (pure Python holds the interpreter) nor its memory.

In: a line with the order, lines with the pages, each JSON, and a line that says END; without it the service has died,
and nothing is made. Out: the file. It knows of no database, no network and no secret.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, Final, TypeVar

from lockbay.actors.words import words
from lockbay.areas.admin import export_file
from lockbay.areas.admin.export_file import Exported, Raw
from lockbay.areas.history.records import Movement, Ordered
from lockbay.areas.history.statement import Holder, as_csv, statement
from lockbay.errors import LockBayError
from lockbay.notices.file_records import END, EXPORT, FileOrder
from lockbay.postgres.rows import parse_json, structurer

NICE: Final = 10
T = TypeVar("T")


class Cut(LockBayError):
    """The order ended before its end."""


def made(order: FileOrder, pages: Iterable[bytes]) -> bytes:
    """The file. Raises Cut, DoesNotAddUp, Misfit."""
    speech = words(order.language, order.time_zone)
    if order.kind == EXPORT:
        exported: Exported = structurer(Exported)(parse_json(order.about))
        return export_file.as_csv(speech, exported.what, lines(pages))
    ordered: Ordered = structurer(Ordered)(parse_json(order.about))
    name = order.first_name + (f" (@{order.username})" if order.username else "")
    found = statement(speech, Holder(name, order.user_id), ordered, order.asked_at, movements(pages))
    if order.format == "csv":
        return as_csv(speech, found)
    from lockbay.areas.history.paper import as_pdf  # 0.3 s and 45 MB, which nobody else needs

    return as_pdf(speech, found)


def movements(pages: Iterable[bytes]) -> Iterator[Movement]:
    """Raises Cut when the last line is not END."""
    return _read(pages, structurer(tuple[Movement, ...]))


def lines(pages: Iterable[bytes]) -> Iterator[tuple[Raw, ...]]:
    """Of a table. Raises Cut as well."""
    return _read(pages, structurer(tuple[tuple[Raw, ...], ...]))


def _read(pages: Iterable[bytes], structure: Callable[[object], Iterable[T]]) -> Iterator[T]:
    for page in pages:
        if page == END:
            return
        yield from structure(parse_json(page.decode()))
    raise Cut


def main(source: BinaryIO, target: BinaryIO) -> None:
    """From the order to the file."""
    order: FileOrder = structurer(FileOrder)(parse_json(source.readline().decode()))
    target.write(made(order, source))
    target.flush()


if __name__ == "__main__":
    os.nice(NICE)
    main(sys.stdin.buffer, sys.stdout.buffer)
