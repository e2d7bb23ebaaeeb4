"""Reading what providers write: JSON with exact numbers, forms, and fields of both. Nothing is guessed or rounded."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Final, cast
from urllib.parse import parse_qsl

LONGEST: Final = 200
KEPT: Final = 16 * 1024  # bytes of an answer: it is kept for ever, and may have four million where a list was asked for
WORD: Final = re.compile(rf"[!-~]{{1,{LONGEST}}}", re.ASCII)  # ids, addresses, hashes: visible ASCII
NUMBER: Final = re.compile(r"-?\d{1,40}(\.\d{1,40})?([eE][+-]?\d{1,2})?", re.ASCII)
FIELDS: Final = 100  # in one form


def parse(content: bytes) -> Mapping[str, object] | None:
    """A JSON object whose numbers are Decimals; None for anything else, such as an object that has a name twice."""
    parsed = _parsed(content)
    return cast("Mapping[str, object]", parsed) if isinstance(parsed, dict) else None


def parse_list(content: bytes) -> list[Mapping[str, object]]:
    """The objects of a JSON list, read likewise; none of anything else."""
    return objects({"list": _parsed(content)}, "list")


def _parsed(content: bytes) -> object:
    try:
        parsed: object = json.loads(
            content, parse_float=Decimal, parse_int=Decimal, parse_constant=_refuse, object_pairs_hook=_once
        )
    except (ValueError, RecursionError, InvalidOperation):
        return None
    return parsed


def parse_form(content: bytes) -> Mapping[str, object] | None:
    """The fields of a query or form; None when it is none or has a name twice: who would say which one counts?"""
    try:
        pairs = parse_qsl(content.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=FIELDS)
        return _once(list[tuple[str, object]](pairs))
    except ValueError:
        return None


def text(fields: Mapping[str, object], name: str) -> str | None:
    value = fields.get(name)
    return value if isinstance(value, str) else None


def number(fields: Mapping[str, object], name: str) -> Decimal | None:
    """An exact number, written as number or as text; None for everything else."""
    value = fields.get(name)
    written = str(value) if isinstance(value, Decimal) else value
    if not isinstance(written, str) or not NUMBER.fullmatch(written):
        return None
    return Decimal(written)


def identity(fields: Mapping[str, object], *names: str) -> str | None:
    """The first of these that can be an id, an address or a hash; a whole number is one, too."""
    for name in names:
        value = fields.get(name)
        written = _whole(value) if isinstance(value, Decimal) else value
        if isinstance(written, str) and is_word(written):
            return written
    return None


def _whole(value: Decimal) -> str | None:
    """None as well for one that would fill the memory with its zeros."""
    return f"{value:f}" if value.adjusted() < LONGEST and value == value.to_integral_value() else None


def inner(fields: Mapping[str, object], name: str) -> Mapping[str, object]:
    """An object in an object, also when it is there as JSON text; empty for everything else."""
    value = fields.get(name)
    found = parse(value.encode(errors="replace")) if isinstance(value, str) else value
    return cast("Mapping[str, object]", found) if isinstance(found, dict) else {}


def written(fields: Mapping[str, object]) -> bytes:
    """What was parsed, as JSON again, as far as it is kept; exact numbers as text."""
    return json.dumps(fields, default=str).encode()[:KEPT]


def objects(fields: Mapping[str, object], name: str) -> list[Mapping[str, object]]:
    """The objects in a list."""
    value = fields.get(name)
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def is_word(value: str) -> bool:
    """Whether it can be an id, an address or a hash."""
    return WORD.fullmatch(value) is not None


def _once(pairs: list[tuple[str, object]]) -> Mapping[str, object]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a name is there twice")
    return fields


def _refuse(constant: str) -> object:
    raise ValueError(f"{constant} is not a number")
