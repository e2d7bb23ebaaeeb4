"""A record in which something is different: attrs.evolve, where only the test's parameters know what."""

from __future__ import annotations

from typing import TypeVar

import attrs

T = TypeVar("T", bound=attrs.AttrsInstance)


def altered(record: T, **changes: object) -> T:
    return type(record)(**attrs.asdict(record, recurse=False) | changes)
