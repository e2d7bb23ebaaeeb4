"""Answers to getUpdates: one update that cannot be read takes no other with it."""

from __future__ import annotations

import json as slow_json
import math
from typing import Any, Final

from lockbay.telegram.json import updates
from lockbay.telegram.json.answers import result
from lockbay.telegram.refusals import AnswerLost
from lockbay.telegram.types import Batch, SkippedUpdate

LONGEST_INTEGER: Final = 20  # characters: 64 bits, with a sign


def batch(status: int, body: bytes) -> Batch:
    """An answer to getUpdates. Raises like `result`; a malformed update alone never makes it raise."""
    try:
        items = result(status, body)
    except AnswerLost:
        items = result(status, _mended(body))
    if not isinstance(items, list):
        raise AnswerLost("the answer to getUpdates is not a list")
    return _batch(items)


def _mended(body: bytes) -> bytes:
    """One lone surrogate or one endless number makes orjson refuse the whole answer. The standard library reads it."""
    try:
        return slow_json.dumps(_storable(slow_json.loads(body, parse_int=_short_integer))).encode()
    except (ValueError, RecursionError) as problem:
        raise AnswerLost("the answer to getUpdates is not JSON") from problem


def _short_integer(digits: str) -> int | None:
    """None for what is no number of the Bot API's: those have 64 bits at most."""
    return int(digits) if len(digits) <= LONGEST_INTEGER else None


def _storable(value: Any) -> Any:
    match value:
        case str():
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case list():
            return [_storable(item) for item in value]
        case dict():
            return {_storable(key): _storable(item) for key, item in value.items()}
        case float() if not math.isfinite(value):
            return None
    return value


def _batch(items: list[Any]) -> Batch:
    made = Batch()
    last = None
    for item in items:
        number = updates.update_id(item)
        try:
            update = updates.read(item, number)
            if update is not None:
                made.updates.append(update)
        except updates.MalformedUpdate as problem:
            made.skipped.append(SkippedUpdate(number, problem.problem))
        if number is not None and (last is None or number > last):
            last = number
    return Batch(made.updates, made.skipped, None if last is None else last + 1)
