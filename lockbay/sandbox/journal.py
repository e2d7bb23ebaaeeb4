"""What the sandbox remembers: tables of records in memory, each change appended to a file of JSON lines.

A change is one write(2) before anybody is told of it, so kill -9 loses nothing; a line torn by a crash is the last one
and is dropped. Opening compacts the file (write beside, rename over).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Generic, TypeVar

import orjson
from cattrs import Converter

T = TypeVar("T")


class Journal:
    """One directory's memory. Not for two processes at a time. The owner closes it."""

    def __init__(self, path: Path) -> None:
        self._tables: dict[str, dict[str, bytes]] = {}
        self._convert = Converter(omit_if_default=True)
        if path.exists():
            self._read(path.read_bytes())
        self._compact(path)
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND)

    def table(self, kind: str, of: type[T]) -> Table[T]:
        """The table of that kind with what was in it. Ask once for each kind."""
        rows = self._tables.pop(kind, {})
        return Table(self, kind, {key: self._convert.structure(orjson.loads(raw), of) for key, raw in rows.items()})

    def write(self, kind: str, key: str, value: object) -> None:
        """Append a change; None is a removal."""
        line = [kind, key] if value is None else [kind, key, self._convert.unstructure(value)]
        os.write(self._file, orjson.dumps(line) + b"\n")

    def close(self) -> None:
        os.close(self._file)

    def _read(self, content: bytes) -> None:
        for line in content.splitlines():
            try:
                kind, key, *value = orjson.loads(line)
            except ValueError:
                continue
            rows = self._tables.setdefault(kind, {})
            if value:
                rows[key] = orjson.dumps(value[0])
            else:
                rows.pop(key, None)

    def _compact(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        with fresh.open("wb") as file:
            for kind, rows in self._tables.items():
                for key, raw in rows.items():
                    file.write(orjson.dumps([kind, key, orjson.Fragment(raw)]) + b"\n")
        fresh.replace(path)


class Table(Generic[T]):
    """Records by key, in the order in which their keys were new."""

    def __init__(self, journal: Journal, kind: str, rows: dict[str, T]) -> None:
        self._journal, self._kind, self._rows = journal, kind, rows

    def get(self, key: str | int) -> T | None:
        return self._rows.get(str(key))

    def put(self, key: str | int, value: T) -> T:
        """Remember, durably. Gives the value back."""
        self._journal.write(self._kind, str(key), value)
        self._rows[str(key)] = value
        return value

    def drop(self, key: str | int) -> None:
        """Forget, durably. Harmless when it is not there."""
        if self._rows.pop(str(key), None) is not None:
            self._journal.write(self._kind, str(key), None)

    def __iter__(self) -> Iterator[T]:
        return iter(list(self._rows.values()))

    def __len__(self) -> int:
        return len(self._rows)

    def items(self) -> list[tuple[str, T]]:
        return list(self._rows.items())


class Counters:
    """Numbers that never come twice, whatever is restarted."""

    def __init__(self, journal: Journal) -> None:
        self._table = journal.table("counter", int)

    def next(self, name: str, first: int = 1, step: int = 1) -> int:
        """The next number; `step` reserves more at once."""
        last = self._table.get(name)
        return self._table.put(name, first if last is None else last + step)

    def last(self, name: str) -> int:
        """The highest number given so far; 0 for none."""
        return self._table.get(name) or 0
